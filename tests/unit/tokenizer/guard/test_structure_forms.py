"""Each form of an object in text that says what it holds, of a table's rows and of a string that holds JSON; and the nearest that stay."""

import json
from base64 import b64encode

from tests.support.members import for_all
from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.guard.authentication_data.prose import MARK
from tokenizer.guard.authentication_data.structures import structured_codes
from tokenizer.guard.authentication_data.tables import table_cells

LABEL = "Security code"


def left(text: str) -> str:
    """The text with a mark for each code that an object in it says."""
    for start, end in sorted(structured_codes(text, payment=False), reverse=True):
        text = text[:start] + MARK + text[end:]
    return text


def goes(text: str) -> None:
    """The codes go from a text with `#` in their place, whatever their digits are."""
    for code in ("000", "999", "090"):
        assert left(text.replace("#", code)) == text.replace("#", MARK), text


def stays(text: str) -> None:
    text = text.replace("#", "909")
    assert left(text) == text


@for_all("sign", [":", "=", "=>", ":=", " : ", " = ", " => "])
@for_all("quote", ['"', "'"])
def test_an_object_has_any_sign_between_its_keys_and_values(sign: str, quote: str) -> None:
    for q, code in ((quote, f"{quote}#{quote}"), (quote, "#")):
        for close in ("}", ""):
            goes(f"x {{{q}a{q}{sign}{q}{LABEL}{q}, {q}b{q}{sign}{code}{close}")
            goes(
                f"{{{q}b{q}{sign}{code}, {q}n{q}{sign}{q}{q}, {q}a{q}{sign}{q}{LABEL}{q}, {q}c{q}{sign}{code}{close}"
            )
    goes(f"{{:a{sign.strip()}'{LABEL}', :b{sign.strip()}'#'}}")
    goes(f"{{b{sign}#, a{sign}'{LABEL}'}}")


@for_all("blank", ["", " ", "\n", " " * 16])
def test_a_value_stands_up_to_sixteen_blanks_behind_the_sign(blank: str) -> None:
    goes(f'{{"a":{blank}"{LABEL}","b":{blank}"#"}}')
    stays(f'{{"a": "{LABEL}","b":{" " * 17}"#"}}')


@for_all("end", [*",;& \n\"'}{<>="])
def test_a_bare_value_ends_at_a_separator(end: str) -> None:
    for text in (f"{{a='{LABEL}', b=#{end}x", f"{{x=1, a='{LABEL}' b=#{end}"):
        goes(text)


def test_values_have_a_hundred_characters_at_most() -> None:
    for size in (0, 1, 100):
        for value in (f'"{"x" * size}"', f"'{'x' * size}'", "x" * size or "''"):
            goes(f'{{"n":{value},"a":"{LABEL}","b":"#"}}')
    assert left(f'{{"a":"{LABEL}{" " * 87}","b":"909"}}').endswith(f'"{MARK}"}}')


@for_all(
    "text",
    [
        '"a":"{}","b":"#"',
        '{{"a":"{}"}} {{"b":"#"}}',
        '{{"a":"{}"}}',
        '{{"a":"{}","b":"99"}}',
        '{{"a":"{}","b":"x#"}}',
        '{{"a":"{}","id":"#"}}',
        '{{"a":"{}","order-id":#}}',
        '{{"a":"{}","b":"#.5"}}',
        '{{"a":"{}","b":"#,5"}}',
        '{{"a":"{}","b":"#:0"}}',
        '{{"a":"{}","b":"#/9"}}',
        '{{"a":"{}","b":"#-9"}}',
        '{{"a":"{}","b":"#st"}}',
        '{{"a":"{}","b":"#_"}}',
    ],
)
def test_other_digits_beside_a_label_stay(text: str) -> None:
    stays(text.format(LABEL))


@for_all("code", ["909", "9 0 9", "9-0-9", "9_0_9", "9.0.9", "(909)", "cvv 909", "909.0"])
def test_a_code_may_be_written_in_several_ways(code: str) -> None:
    bare = code.strip("()").removeprefix("cvv ").removesuffix(".0")
    for text in (f'{{"a":"{LABEL}","b":"#"}}', f"<x><a>{LABEL}</a><b>#</b></x>", f"a={LABEL}&b=#"):
        assert left(text.replace("#", code)) == text.replace("#", code.replace(bare, MARK))


def test_words_may_stand_behind_a_code() -> None:
    for behind in (" (on the back)", "!", ", as said", ". ", ": x"):
        goes(f'{{"a":"{LABEL}","b":"#{behind}"}}')


@for_all("key", ["a", "a.b", "a-b", "a:b-c", "x.y-z:a", "x" * 64, "y" * 30 + ":a"])
def test_elements_in_a_row_are_an_object(key: str) -> None:
    for attributes in ("", " x='1'", " " + "x" * 127):
        for blank in ("", " ", "\n\t"):
            goes(f"<o><{key}{attributes}>{LABEL}</{key}>{blank}<b{attributes}>#</b></o>")
            goes(f"<b>#</b>{blank}<{key}>{LABEL}</{key}>{blank}<c>#</c>{blank}<d></d>")
            goes(f"<a>{LABEL}</a>{blank}<{key}>{' ' * 4}#{' ' * 4}</{key}>")


@for_all(
    "text",
    [
        "<a>{}</a>x<b>#</b>",
        "<a>{}</a><b>#</b",
        "<a>{}</a><id>#</id>",
        "<a>{}</a><x:order-id>#</x:order-id>",
        "<a>{}</a><x.y-z:sort_order>#</x.y-z:sort_order>",
    ],
)
def test_other_elements_are_none(text: str) -> None:
    stays(text.format(LABEL))


@for_all("key", ["b", "b.c", "b-c", "b[c]", "b[0][c]", "x" * 64])
def test_the_fields_of_a_query_are_an_object(key: str) -> None:
    for label in (LABEL, LABEL.replace(" ", "+")):
        goes(f"a={label}&{key}=#")
        goes(f"{key}=#&a={label}&&n=&{key}=#")
        goes(f"x\n/?a={label}&{key}=#\ny")
    for end in "\"'{}<>":
        goes(f"a={LABEL}&{key}=#{end}")


@for_all("text", ["a={}\n&b=#", "a={}&id=#", "a={}&x[order-id]=#", "a={}&b:#"])
def test_other_queries_are_none(text: str) -> None:
    stays(text.format(LABEL))


def below(text: str) -> str:
    for start, end in sorted(table_cells(text, payment=False), reverse=True):
        text = text[:start] + "#" + text[end:]
    return text


@for_all("delimiter", ",;|\t")
@for_all("around", ["", " ", '"', "'", ' "', "  ", "' '"])
def test_a_tables_cells_have_any_delimiter_and_quotes(delimiter: str, around: str) -> None:
    back = around[::-1]
    for code in ("000", "999", "0909"):
        for line in ("", "---|---", ":--:|--:", "+ -", "|"):
            for end in ("", "\n", "\nx\n"):
                head = f"{around}name{back}{delimiter}{around}cvv{back}\n{line}\n"
                rows = f"{around}x{back}{delimiter}{around}{{}}{back}\n1{delimiter}{{}}{end}"
                assert below(head + rows.format(code, code)) == head + rows.format("#", "#")
    for other in ("99", "90909", "9 0 9", "x909", "909."):
        text = f"name{delimiter}cvv\nx{delimiter}{other}"
        assert below(text) == text


def test_a_row_of_another_width_ends_a_table() -> None:
    assert below("a,cvv\nx,909\ny\nx,909") == "a,cvv\nx,#\ny\nx,909"
    assert below("cvv,a,cvc\n909,808,707") == "cvv,a,cvc\n#,808,#"


@for_all("start", ['{"', "[{'x': '", ' {"', '\n [\n"', '{ x:1, "'])
def test_a_string_that_holds_json_is_read_as_such(start: str) -> None:
    """Also cut off: then as text."""
    text = f'{start}cvv": "canary"'
    assert "canary" not in json.dumps(strip_authentication_data({"x": text})[0])


@for_all("start", [b'{"', b"{ ", b"{\n", b"{\t"])
def test_an_object_in_base64_or_hexadecimal_digits_is_read(start: bytes) -> None:
    """The form of a text says so; nothing else in it is searched for."""
    every = bytes(range(0x20, 0x7F)).replace(b'"', b"").replace(b"\\", b"")
    for shift in range(3):
        data = (
            start
            + (b' "x": "' if start != b'{"' else b'x": "')
            + b"y" * shift
            + every
            + b'", "cvv": "canary"}'
        )
        for word in (
            b64encode(data),
            b64encode(data, b"-_"),
            data.hex().encode(),
            data.hex().upper().encode(),
        ):
            for blank in ("", " "):
                assert strip_authentication_data({"x": blank + word.decode()})[0] == {"x": blank + MARK}


def test_any_character_of_base64_may_stand_near_the_beginning() -> None:
    data = b'{"xo??>>>zzz","cvv": "canary"}'
    for word in (b64encode(data), b64encode(data, b"-_")):
        assert strip_authentication_data({"x": word.decode()})[0] == {"x": MARK}
