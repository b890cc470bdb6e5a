"""Which identities are one by their form, and which words may be text in base64 or hexadecimal digits: each character and length."""

from base64 import b64encode, urlsafe_b64encode
from string import ascii_letters, digits

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data.encoded import scrub_encoded
from tokenizer.guard.authentication_data.identities import is_code
from tokenizer.guard.authentication_data.prose import MARK


@for_all("character", [*ascii_letters, *digits, *"_.@+/#:~-", "ß", "я", "安"])
def test_an_identity_is_one_word_of_letters_digits_and_some_signs(character: str) -> None:
    for text in (character, f"PIN{character}1001", f"cvv-737{character}", f"{character}737"):
        for padding in ("", "=", "=="):
            assert is_code(text + padding), text + padding


@for_all(
    "text",
    ["pin 1001", "cvv,737", "cvv;737", "cvv=737", "cvv===", "=", "", "(cvv)", "cvv*", "cvv!737", "cvv 737="],
)
def test_other_text_is_no_identity_by_its_form(text: str) -> None:
    assert not is_code(text)


@for_all("sign", "+()./- \t\n")
def test_a_phone_number_has_fifteen_digits_at_most(sign: str) -> None:
    for text in (
        f"{sign}0907",
        f"0907{sign}",
        sign.join("012345678901234"),
        f"{sign}{sign}9",
        "9",
        "0",
        sign,
    ):
        assert is_code(text), text
    assert not is_code(sign.join("0123456789012345"))
    for other in "*,'=":
        assert not is_code(f"+49 151{other} 90 ")


def test_a_card_number_or_a_track_is_no_identity() -> None:
    number = card("4", 16)
    assert not is_code(f"{number}-737")
    assert not is_code(f"order;{number}=2912101000?")
    assert not is_code(f"{number}D29121010000")


SECRET = '{"cvv":"737", "x":"'


def scrubbed(text: str) -> tuple[str, int]:
    return scrub_encoded(text, lambda plain: (plain, int(SECRET in plain)))


@for_all("shift", [0, 1, 2])
def test_a_word_of_base64_has_any_of_its_characters(shift: int) -> None:
    """All 64 stand in it, at each of three shifts."""
    every = "".join(chr(code) for code in range(0x20, 0x7F)) + "\u00bf\u00ff\u03ff\u07ff\uffef"
    data = (SECRET + "?>~" * 3 + "a" * shift + every * 3 + "?o>~\u00fb\u00ef\u00be").encode()
    for encode in (b64encode, urlsafe_b64encode):
        word = encode(data).decode()
        bare = word.rstrip("=")
        for text in (word, bare, f"!{bare}!", f"!{word}!"):
            assert scrubbed(text) == (text.replace(word, MARK).replace(bare, MARK), 1)
        for end in ("\n", "\r\n"):
            for size in (76, 24, 28):
                lines = [word[at : at + size] for at in range(0, len(word), size)]
                assert scrubbed(end.join(lines)) == (MARK, 1)


def test_words_are_of_24_characters_and_later_lines_of_four() -> None:
    word = b64encode(SECRET.encode()).decode()
    assert word.endswith("=")
    for text in (word, f"{word[:24]}\n{word[24:]}", f"{word[:24]}\r\n{word[24:]}"):
        assert scrubbed(text) == (MARK, 1)
    assert scrubbed(f"{word[:23]}!{word[23:]}")[1] == 0
    assert scrub_encoded("YWFh" * 6, lambda plain: (plain, 1)) == (MARK, 1)
    assert scrub_encoded("YWFh" * 5 + "YWE", lambda plain: (plain, 1))[1] == 0
    assert scrub_encoded("YWFh" * 6 + "\nYWFh", lambda plain: (plain, int(plain == "a" * 21))) == (MARK, 1)
    assert scrub_encoded("YWFh" * 6 + "\nYWE", lambda plain: (plain, int(plain == "a" * 18))) == (
        f"{MARK}\nYWE",
        1,
    )


def test_a_word_of_hexadecimal_digits_has_any_of_them() -> None:
    word = (SECRET + "JZjzOo?/!1\u0659\u00fa\u00bc\u00ad\u00ee\u00ff").encode().hex()
    assert set("0123456789abcdef") <= set(word)
    for text in (word, word.upper(), f"{word[:40]}\n{word[40:]}", word.title()):
        assert scrubbed(text) == (MARK, 1)
    assert scrubbed(word[:-1])[1] == 0
