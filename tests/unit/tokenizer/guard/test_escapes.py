"""Every form of an escape that is undone, with each digit and each length that it may have, and the nearest that stay."""

import base64
from string import ascii_lowercase, ascii_uppercase, digits

from tests.support.members import for_all
from tokenizer.guard import find_leak, own_values
from tokenizer.guard.shown import readable, shown_forms

HEXADECIMAL = "0123456789abcdefABCDEF"
NO_HEXADECIMAL = "gzGZ/:@`"


def undone(text: str) -> str:
    """The text as it is shown in the end."""
    shown = shown_forms(text)[-1]
    assert readable(text)[0] == shown
    return shown


@for_all("digit", HEXADECIMAL)
def test_escapes_have_any_hexadecimal_digits(digit: str) -> None:
    low, high = int(f"4{digit}", 16), int(f"{digit}4", 16)
    for code, written in ((low, f"4{digit}"), (high, f"{digit}4")):
        plain = shown_forms(chr(code))[-1]
        if chr(code) == "\\":
            continue
        assert undone(f"\\x{written}") == plain
        assert undone(f"%u00{written}") == undone(f"\\u00{written}") == plain
        assert undone(f"&#x{written};") == undone(f"&#X{written}") == undone(f"&#{code};")
        for size in range(2, 7):
            assert undone(f"\\u{{{written:0>{size}}}}") == plain
        for size in range(4, 7):
            assert undone(f"U+{written:0>{size}}") == plain
        assert undone(f"\\U{written:0>8}") == plain
        if code < 128:
            assert undone(f"%{written}") == plain
    four = f"{digit}0{digit}{digit}"
    plain = shown_forms(chr(int(four, 16)))[-1]
    assert undone(f"\\u{four}") == undone(f"%u{four}") == undone(f"U+{four}") == plain
    assert undone(f"\\u{{{four}}}") == undone(f"\\U0000{four}") == plain


@for_all("other", NO_HEXADECIMAL)
def test_what_has_another_digit_stays(other: str) -> None:
    for text in ("%4{}", "%{}4", "%u004{}", "%u{}041", "&#x{}1;", "U+004{}", "U+{}041"):
        assert undone(text.format(other)) == text.format(other)
    for text in ("\\x4{}", "\\u004{}", "\\u{{4{}}}", "\\U0000004{}"):
        assert "A" not in undone(text.format(other)), text


def test_escapes_have_a_fixed_number_of_digits_or_up_to_one() -> None:
    for text in (
        "%4",
        "%u004",
        "\\x4",
        "\\u004",
        "\\U0000041",
        "U+041",
        "\\u{}",
        "\\u{0000041}",
        "&#;",
        "&#x;",
        "&;",
        "&a;",
    ):
        assert undone(text) == text
    for count in range(2, 8):
        assert undone(f"&#{'65':0>{count}};") == "A", count
        assert undone(f"&#{'65':0>{count}}x") == "Ax", count
    for count in range(2, 7):
        assert undone(f"&#x{'41':0>{count}};") == "A", count
    assert undone("&#9;") == undone("&#x9;") == "\t"
    assert undone("\\u{9}") == "\t"
    assert undone("x%41%42%43y") == "xABCy"


def test_names_of_characters_have_two_to_32_letters_and_digits() -> None:
    for text, shown in (
        ("&lt;", "<"),
        ("&LT", "<"),
        ("&amp;", "&"),
        ("&frac12;", "1 2"),
        ("&sup1;", "1"),
        ("&there4;", " "),
        ("&ZeroWidthSpace;", ""),
        ("&Zcy;", "\u0417"),
        ("&zcy;", "\u0437"),
        ("&CounterClockwiseContourIntegral;", " "),
    ):
        assert undone(text).strip() == shown.strip(), text
    assert undone("&commat;&commat;;") == "@@;"


def test_a_backslash_is_undone_before_certain_characters() -> None:
    for each in digits[1:] + "\"'/":
        assert undone(f"x\\{each}y") == f"x{each}y", each
    for each in "0abfnrtv":
        assert undone(f"x\\{each}y") == "x y", each
    assert undone("x\\\\y") == "x\\y"
    for each in (set(ascii_lowercase) - set("abfnrtv")) | set(ascii_uppercase) | set(".,-+ "):
        assert undone(f"x\\{each}y") == f"x\\{each}y", each


def test_comments_and_tags_of_letters_show_nothing() -> None:
    for tag in [
        "b",
        "i",
        "u",
        "s",
        "em",
        "strong",
        "span",
        "font",
        "a",
        "wbr",
        "small",
        "big",
        "sub",
        "sup",
        "mark",
        "code",
        "tt",
    ]:
        for written in (
            f"<{tag}>",
            f"</{tag}>",
            f"<{tag}/>",
            f"<{tag.upper()}>",
            f"<{tag} class='x-y'>",
            f"<{tag}\nid=x/>",
        ):
            assert undone(f"x{written}y") == "xy", written
    for written in ("<br>", "<br/>", "<BR />", "<br class=x>"):
        assert undone(f"x{written}y") == "x y", written
    for length in (0, 1, 63, 64):
        assert undone(f"x<!--{'-' * length}>y") == "xy", length
    for length in (0, 1, 127, 128):
        assert undone(f"x<b {'z' * length}>y") == "xy", length
    for text in (
        f"<!--{'-' * 65}>",
        f"<b {'z' * 129}>",
        "<bx>",
        "<p>",
        "<div>",
        "< b>",
        "<b",
        "<!-x>",
        "<ul>",
    ):
        assert undone(f"x{text}y") == f"x{text}y", text


def test_comments_and_tags_stay_with_what_may_be_read() -> None:
    for each in f"{digits}{ascii_uppercase}<":
        for text in (f"<!-- {each} -->", f"<b {each}>"):
            assert undone(f"x{text}y") == f"x{text}y", text
    for each in "&%\\":
        for text in (f"<!-- {each} -->", f"<b {each}>"):
            assert undone(f"x{text}y") == f"x{text}y", text
    assert undone("x<b a>b>y") == "xb>y"


VALUES = ("berta@example.org", "\u0416\u0435\u043d\u044f", "~}|{zyxw", "....", "Jos\u00e9 \u00d1")


@for_all("value", VALUES)
def test_a_value_is_found_in_hexadecimal_digits_and_in_base64(value: str) -> None:
    own = own_values([value])
    codes = [
        value.encode().hex(),
        value.encode().hex().upper(),
        base64.b64encode(value.encode()).decode().rstrip("="),
    ]
    for code in codes:
        for before in (" ", "(", "=", ".", ":", '"'):
            if own.anywhere or own.words or own.alone:
                assert find_leak(f"x{before}{code} y", own) is not None, code
