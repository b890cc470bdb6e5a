"""Every word that says nothing about anybody: no customer is one, and none is looked for as a record's own value.

The words are written out, so that one that is dropped from the product's lists is missed here.
"""

from tests.support.members import for_all
from tokenizer.guard import NO_VALUES, own_values
from tokenizer.subjects import names_nobody

FILLERS = """
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
JOINTS = "a an as at be by for id in is n na no not of on the to"
# What stands beside a filler in a shop's words for an order without an account, and what programs write for no value.
BESIDE_GUESTS = "checkout login order session"
NO_VALUE = "na nan nil nul"
OTHER_SCRIPTS = "гость гостья επισκέπτης ゲスト 게스트 访客 訪客 游客 遊客 ضيف זמני अतिथि"
EVERYDAY = """
    accepted active address adresse after again airmail alert alternate amarillo amount android anruf apple
    apply appointment approved april archive area around article asap assembly auction august autumn avant
    azul baby back balance bank banner base basic basket batch beauty bell below best bestellung better
    between bicycle bike birthday bitte black blanc blanco blau bleu block blog blue board bonjour book
    books bottle bottom bought bouquet box boxed brand braun bread break brief bring broken bronze brown
    browser building bulk bundle business button cable cadeau cake call calle camera campaign cancel
    cancelled candle card cards care careful carefully carrier cart carton casa cash catalog category chair
    change channel charge cheap check checkout cheque child children chocolate choice christmas city classic
    clean clear click clothes coffee cold colis collect collection color colour commande comment common
    company complete computer confirm confirmed console contract cookie corner corporate cost cotton country
    coupon courier cover cream created credit currency cycle daily dark date days deal dealer december delay
    delayed deliver delivered delivery deluxe deposit desk desktop device diesel digital dinner direccion
    direct discount display document dollar domain domestic door doorbell double down draft dress drink
    drive driver dunkel early east easter easy edition education einkauf electric electronics email employee
    enable enabled engine english entrance entry envelope envio euro evening event every exchange express
    external extra fabric facebook failed family fashion fast father february feedback female festival
    fields filiale film final fine fish floor flower flowers food football form forward fragile frame france
    frau free french fresh friday friend front frozen fruit fulfilled full furniture game garage garden
    garten gate gauche gelb general gentle german germany geschenk gift gifts girl glass global gold golden
    good google gracias grand grass gray green grey grocery gross ground group gruen guide hall hand handle
    happy hardware haus health heavy hell hello help here herr high hinten hobby hof hold holiday holz home
    hospital hotel hour hours house household image important inside instagram instant insurance internal
    international invoice ipad iphone item items january jaune jewelry july june just keep kettle keyboard
    kids kind kitchen klein klingel label laden ladies lager lamp language laptop large late latest launch
    leather leave left legal length letter level library lieferung light lime limited line linen link links
    list livraison local locale location lock locker long loose lounge love lower loyalty lunch machine mail
    main maison major manual march mark market marketing marketplace match material medium meeting memo menu
    merci message metal method middle milk mini mint mirror mobile model modern monday money montag month
    monthly morgen morning mother motor mountain move movie museum music nachbar nachmittag native natural
    navy negro neighbor neighbour network neu neutral newsletter next nice night noir normal north note
    notes notice november october offer office offline often older online open operator option orange order
    orders ordinary organic origin original outdoor outlet outside over owner pack package paid paint paper
    parcel parent park parking part partial partner party past payment paypal pedido people perfume phone
    photo pick pickup picture piece pink pizza place plain plan plant plastic plate platinum play plus point
    points pool popular porch portal porte post postal poster premium prepaid present preset pretty price
    prime print printer priority processing product professional program project promo promotion proof
    puerta purchase purple quality quantity queue quick quiet radio rain rate ready real reason receipt
    receive received rechnung rechts recurring reduced referral refund refunded regalo region register
    registered regular remark remote renew repair repeat replace reply report request reseller reserve
    restaurant retail return returned returns review ribbon right ring road rojo roof room rose rot rouge
    round route rue rush safe sale sales salon saturday scan schedule school schwarz screen search season
    second section secure security select seller send senior september series server service session shade
    shelf ship shipped shipping shirt shoe shoes shop shopify short shoulder show side sign signature silk
    silver simple single site size skin sleep slim slow small smart smooth snow soap social soft software
    sold solid sommer song sonntag soon sound source south spare special speed sport spring square staff
    stage stairs stamp standard star start state station status steel step stock stone stop storage store
    story strasse street strong student studio style submit subscription success suit summer sunday supply
    support surface surprise sweet swift table tablet tall task team tender terms text thank thanks theme
    thick thin thing third three thursday ticket tienda tiktok time title today together tomorrow tool tools
    total touch tour towel town toys track trade training transfer transit transport travel tree trial truck
    tuer tuesday turquoise twice twitter type under unit update upgrade upper urgent used vacation valid
    vehicle vendor verde versand version vert very video view village vintage violet visit voice vorne
    voucher wait wall wallet want warehouse warm watch water website wednesday week weekend weekly weight
    weiss welcome west whatsapp wheel white wholesale window wine winter wireless with woche wohnung woman
    women wood wooden wool work workshop world wrap wrapped wrapping year yearly yellow yesterday young
    youth zimmer zone
"""


@for_all("word", FILLERS.split())
def test_a_filler_is_nobody_and_no_own_value(word: str) -> None:
    for spelled in (word, f" {word.upper()} ", f"[{word}]", f"{word}-guest", f"guest {word}"):
        assert names_nobody(spelled)
        assert own_values([spelled]) is NO_VALUES


@for_all("word", JOINTS.split())
def test_a_word_that_joins_fillers_is_part_of_one(word: str) -> None:
    for spelled in (f"guest {word} none", f"{word}/guest"):
        assert names_nobody(spelled)
        assert own_values([spelled]) is NO_VALUES


@for_all("word", BESIDE_GUESTS.split())
def test_an_order_without_an_account_is_nobodys(word: str) -> None:
    assert names_nobody(f"guest_{word}")
    assert not names_nobody(word)


@for_all("word", [*NO_VALUE.split(), *OTHER_SCRIPTS.split()])
def test_what_stands_for_no_value_or_for_guests_in_other_scripts_is_nobody(word: str) -> None:
    assert names_nobody(word)
    assert names_nobody(f" {word.upper()} ")


@for_all("word", EVERYDAY.split())
def test_an_everyday_word_is_no_own_value_but_may_be_somebodys_id(word: str) -> None:
    assert own_values([word]) is NO_VALUES
    assert own_values([word.upper()]) is NO_VALUES
    assert not names_nobody(word)
