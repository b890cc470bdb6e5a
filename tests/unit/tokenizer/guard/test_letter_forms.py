"""Each form in which a key and its value may stand in what can't be parsed: the value goes, and everything else stays.

The values are words, which only the key makes a secret.
"""

from itertools import product

from tests.support.members import for_all
from tokenizer.guard.authentication_data.scrub import scrub

VALUE = "canary"
QUOTES = ('"', "'", '\\"', "\\'", '\\\\\\"', "%22", "%27", "&quot;", "&#34;", "&#39;")
SIGNS = ("=", ":", ":=", "=>", "%3a", "%3A", "%3d", "%3D")
NUMBER = "4012888888881881"


def left(text: str) -> str:
    scrubbed, removed = scrub(text)
    assert removed == (scrubbed != text)
    return scrubbed


def goes(text: str, mark: str = "") -> None:
    """The value is removed from a text, and nothing else."""
    assert left(text.replace("@", VALUE)) == text.replace("@", mark), text


def stays(text: str) -> None:
    text = text.replace("@", VALUE)
    assert left(text) == text


@for_all(("quote", "sign"), product(QUOTES, SIGNS))
def test_a_key_and_its_value_may_have_any_quotes_and_sign(quote: str, sign: str) -> None:
    for key in ("cvv", "track1", "pin", "card_code", "security_code"):
        goes(f"x {quote}{key}{quote}{sign}{quote}@{quote},")
        if sign != "=>" or not quote.startswith("%"):
            goes(f"x {quote}{key}{quote} {sign} \n{quote}@{quote},")


@for_all(
    "between",
    [
        ")",
        "]",
        "\\",
        "%5d",
        "%5D",
        "%20",
        " ",
        "\n",
        "])",
        "/**/",
        "/*" + "x" * 64 + "*/",
        "//\n",
        " //" + "x" * 64 + "\n",
        '"',
        "'",
    ],
)
def test_what_closes_a_key_may_stand_before_the_sign(between: str) -> None:
    for key in ("cvv", "pin"):
        goes(f"x[{key}{between}='@'")
        goes(f"x[{key}{between}={between if between[:1] == '/' else ' '}'@'")
        goes(f"x[{key}{between}=@", "***")


@for_all("between", ["/*" + "x" * 65 + "*/", "//" + "x" * 65 + "\n", "x", "?", "%5e", "{"])
def test_another_text_before_the_sign_makes_no_key(between: str) -> None:
    stays(f"cvv{between}='@'")


@for_all("separator", ["_", "-", " ", "_" * 8, ".", "/"])
def test_separators_may_stand_between_the_letters_of_a_key(separator: str) -> None:
    for key in ("cvv", "pin", "track1", "securitycode"):
        goes(f"{separator.join(key)}='@'")
    goes(f"card{separator}code='@'")
    for key in ("cvn", "pin", "track1", "securitycode"):
        stays(f"{'_' * 9}{('_' * 9).join(key)}='@'")


@for_all("before", ["", " ", "_", "-", "\\n", "\\r", "\\t", "%26", "%0a", "%9f", "%fA", "ß", "."])
def test_a_key_begins_behind_no_letter_or_digit(before: str) -> None:
    for key in ("pin", "track1", "x_card_code", "pin_data"):
        goes(f"{before}{key}='@'")


@for_all("before", ["a", "z", "0", "9", "A", "Z", "\\a", "\\\\na", "%0", "n", "%g1", "%a"])
def test_another_word_before_a_key_makes_none_of_it(before: str) -> None:
    for key in ("pin", "track1", "card_code", "pin_data"):
        stays(f"?{before}{key}='@'")


@for_all(
    "before",
    ["order", "payment", "billing", "credit", "debit", "card", "cc", "method", "source", "details", "data"],
)
def test_some_words_may_stand_directly_before_a_key(before: str) -> None:
    for key in ("track1", "swipedata", "pinblock", "securitycode"):
        goes(f"x{before}{key}='@'")
    if before == "card":
        goes("xcardpin='@'")


@for_all(
    "behind", ["code", "number", "num", "value", "digit", "digits", "no", "_code", "-number", " num", ".no"]
)
def test_a_word_may_stand_behind_a_key(behind: str) -> None:
    for key in ("cvv", "pin", "track1", "card_code", "security_code"):
        goes(f"{key}{behind}='@'")
    for key in ("cvv", "cvvs", "security_codes"):
        for digit in ("0", "9", "_0", "-9"):
            goes(f"{key}{behind}{digit}='@'")
            goes(f"{key}{digit}='@'")


@for_all("behind", [*"azAZ", "a1", "00", "_00", "_x", "codes", "codex", "$code1x"])
def test_another_word_behind_a_key_makes_none_of_it(behind: str) -> None:
    stays(f"cvv{behind}='@'")
    stays(f"pin{behind}='@'")


def test_a_digit_behind_a_word_that_means_other_things_makes_another_key() -> None:
    for text in ("pin1='@'", "track9='@'", "card_code_9='@'"):
        stays(text)


@for_all("rest", ["", " ", " x='1'", " " + "x" * 256, "\nx"])
def test_an_element_may_have_attributes(rest: str) -> None:
    for key in ("cvv", "ns:pin"):
        goes(f"<a><{key}{rest}>@</{key}><b>x</b>")
        goes(f"&lt;{key}{rest}&gt;@&lt;/{key}&gt;&lt;b&gt;")
        goes(f"<{key}{rest}>@")


@for_all(
    "tag",
    ["</cvv>", "</x.y:z-cvv>", "</cvv >", "&lt;/cvv&gt;", "&lt;/a-b:cvv &gt;", "</" + "x" * 60 + "_cvv>"],
)
def test_behind_an_elements_end_is_no_value(tag: str) -> None:
    stays(f"x{tag}@ <b>")


def test_what_names_a_value_in_an_attribute_is_a_key() -> None:
    for quote in ("'", '"', ""):
        goes(f"<field name={quote}cvv{quote}>@</field>")
        goes(f"&lt;field name={quote}cvv{quote}&gt;@&lt;/field&gt;")


@for_all("named", ["value", "val", "content", "v"])
def test_the_value_of_a_pair_may_stand_behind_its_name(named: str) -> None:
    for between in (",", " , ", " ", "', '", '", "', ",\n"):
        for sign in ("=", ":", "' = "):
            goes(f"name: cvv{between}{named}{sign}'@'")
    stays(f"cvv,,{named}='@'")
    stays(f"cvv, x{named}='@'")


@for_all("between", [';s:0:"', ';s:9:"', ';s:9090:"', ';s:9999:"'])
def test_php_writes_a_type_and_a_length_between(between: str) -> None:
    for key in ("cvv", "pin", "track1"):
        goes(f'"{key}"{between}@";')
    for kind in "id":
        goes(f'"cvv";{kind}:@;', "***")
    stays('"cvn";s:90900:"@"')
    stays('"cvn";b:@;')


@for_all("kind", ["", " text/plain", "x" * 128])
def test_a_part_of_a_form_may_have_a_type(kind: str) -> None:
    for end in ("\r\n", "\n", "\r\n\r\n"):
        goes(f'name="cvv"\nContent-Type:{kind}{end}@\r\n--', "***")
    stays(f'name="cvv"\nContent-Type:{kind}{"x" * 129}\r\n@')


@for_all("digit", "09")
@for_all("length", range(12, 20))
def test_a_row_below_a_head_is_no_value(digit: str, length: int) -> None:
    number = digit * length
    for sign in ",;|\t":
        for quote in ("", '"', "'"):
            for written in (number, "-".join(number), "4012 8888 8888 1881"):
                stays(f"name,cvv\n{written}{quote}{sign}x")


def test_digits_directly_behind_a_key_are_its_value() -> None:
    for digits in ("0", "99", "12345", "99999"):
        assert left(f"pin {digits} x") == "pin *** x"
        assert left(f"cvv\n{digits};x") == "cvv\n***;x"
    assert left("cvv\n0123456789012 x") == "cvv\n*** x"


@for_all("inner", ["", "\\'", '\\"', "\\\\", "\n", "\\\n", ";,&"])
def test_a_value_goes_to_its_closing_quote(inner: str) -> None:
    for quote in "\"'":
        assert left(f"cvv={quote}{VALUE}{inner}{VALUE}{quote};x") == f"cvv={quote}{quote};x"
        assert left(f"cvv={quote}{VALUE}{inner}") == f"cvv={quote}"


@for_all(
    "value",
    ["{}", "[]", '{"a": [1, {"b": 2}], "c": "}]"}', '["]", "\\"]", [[]], {}]', '[{"x": "["}]', '{"a": "[{"}'],
)
def test_a_value_in_brackets_goes_to_their_end(value: str) -> None:
    for blank in ("", " ", " \n"):
        assert left(f'"cvv":{blank}{value}, "z": 1') == f'"cvv":{blank}null, "z": 1'
        assert left(f"cvv={blank}{value}, x") == f"cvv={blank}***, x"
        assert left(f'"cvv":{blank}{value[:-1]}') == f'"cvv":{blank}null'
    plain = "".join(each for each in value if each in "[]{},") if '"' not in value else '{\\"a\\": [1, {}]}'
    assert left(f'{{\\"cvv\\": {plain}, \\"z\\": 1') == '{\\"cvv\\": null, \\"z\\": 1'


@for_all("end", [*",;&}]<>\"'|\\ \n\t"])
def test_a_bare_value_ends_at_a_separator(end: str) -> None:
    for value in (VALUE, "0", "9.0-9/0_9", "9 - 0 - 9", "0 9 0", "a:b", "a.b", "%"):
        for blank in ("", " ", "\n "):
            assert left(f"cvv={blank}{value}{end}x") == f"cvv={blank}***{end}x"
    assert left(f"cvv: {VALUE}{end}x") == f"cvv: null{end}x"


@for_all(
    "track",
    [
        "%B4012888888881881^A B,C;D^2912101?",
        "%z" + "0" * 128 + "?",
        "%A?",
        ";90909090",
        ";" + "0=9" * 21 + "=",
        ";4012888888881881=2912101?",
    ],
)
def test_a_bare_track_goes_to_its_end(track: str) -> None:
    assert left(f"track1= {track} x") == "track1= *** x"
    assert left(f"cvv={track},x") == "cvv=***,x"


@for_all("nothing", ["", "null", "none", "undefined", "NULL", "***"])
def test_nothing_is_removed_where_nothing_is(nothing: str) -> None:
    for text in (f"cvv={nothing},x", f"cvv: {nothing}", f"cvv='{'' if nothing else nothing}'"):
        assert left(text) == text


@for_all("escape", ["\\u0063", "\\u0043", "\\\\u0063", "\\uFF43", "\\uff23"])
def test_an_escaped_letter_of_a_key_is_read(escape: str) -> None:
    goes(f'"{escape}vv":"@"')
    for digit in "0129afAF":
        stays(f'"\\u{digit}063vv":"@"' if digit != "0" else '"\\u006vv":"@"')


def test_an_elements_end_before_an_element_hides_no_value() -> None:
    goes("<a>x</a><cvv>@</cvv>")
    goes("&lt;/a&gt;&lt;cvv&gt;@&lt;/cvv&gt;")


@for_all("value", ['["a\\n]", 1]', '["a\\t}]", {"b\\\\": 1}]', '["@]@', '[{"x": "@}]@'])
def test_brackets_in_strings_of_a_value_end_nothing(value: str) -> None:
    assert left(f'"cvv":{value}') == '"cvv":null'


@for_all("value", ["9- 0- 9", "9 -0 -9", "9 0 9", "0 0 0", "%z" + "0" * 126 + " 0?", "%B1 ^A B^29?"])
def test_a_bare_value_may_have_blanks(value: str) -> None:
    assert left(f"cvv={value},x") == "cvv=***,x"
