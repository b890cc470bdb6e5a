"""Lists the words that people and programs fill into empty fields. They say nothing about anybody."""

# Alone or in a row: `not provided`, `guest user`. In English, German, French, Spanish, Italian, Portuguese, Dutch and
# Polish.
_FILLER_WORDS = """
    absent account admin angabe angaben anon anonimo anonym anonyme anonymous any anybody anyone applicable
    aucun aucune available blank brak buyer client cliente consumer contact convidado customer data default
    deleted demo desconhecido desconocida desconocido dummy empty entered entfernt error example fake false
    filled first gast geen given gosc guest hidden inconnu inconnue info information ingen invalid invitado
    invite kein keine keiner keines klant klient kunde kundin last later leeg leer member missing name
    needed nenhum nenhuma nessuna nessuno never nieznany ninguna ninguno nobody noname none nothing null
    number ohne okand omitted onbekend optional ospite other pending person placeholder please private
    profile provided pseudonym public redacted refused removed required same sample sans sconosciuto secret
    self shopper sin some specified string system tbc tbd temp temporary test tester testing true ukjent
    unbekannt undefined unknown unnamed unregistered unspecified unused user vacio value vazio vide visitor
    void vuoto walk withheld
"""
# Words that join fillers: `n/a`, `walk-in customer`.
_JOINT_WORDS = "a an as at be by for id in is n na no not of on the to"
FILLERS = frozenset(_FILLER_WORDS.split())
IN_A_ROW = FILLERS.union(_JOINT_WORDS.split())
