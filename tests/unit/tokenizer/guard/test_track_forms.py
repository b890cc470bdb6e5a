"""Tracks with each length, sign and digit, what stands between a card number and its code, and the nearest text that stays."""

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose

NUMBER = card("4", 16)
LENGTHS = range(12, 20)


def left(text: str) -> str:
    """The text with `#` for each code or track."""
    scrubbed, _ = scrub_prose(text)
    assert scrub_prose(scrubbed)[1] == 0, "removing twice is removing once"
    return scrubbed.replace(MARK, "#")


@for_all("length", LENGTHS)
@for_all("digit", "09")
def test_a_first_track_has_a_number_a_name_and_at_least_four_digits(length: int, digit: str) -> None:
    number = digit * length
    for start in ("", "%", "%B", "b", "%A", "%z", "Z"):
        for name in ("AB", "X" * 26, "EXAMPLE/ANN ", "[]"):
            for end in (
                "0000",
                "9999",
                "2912101000000000737000000",
                "2912101ABC=-/\\",
                "29121010000?",
                "2912^x?",
            ):
                text = f"{start}{number}^{name}^{end}"
                assert left(text) == "#", text
                assert left(f"read {text} x") == "read # x"
                assert left(f"({text}\n") == "(#\n"
                assert left(f"{text}\"'") == "#\"'" if text[-1] != "?" else "#\"'"


def test_a_first_track_may_have_blanks_in_its_number() -> None:
    assert left(f"%B{' '.join(NUMBER)}^EXAMPLE/ANN^29121010000?") == "#"


@for_all(
    "text",
    [
        "%B{}^A^2912101",
        "%B{}^" + "X" * 27 + "^2912101",
        "%B{}^A\nB^2912101",
        "%B{}^AB^291",
        "%B{}^AB 2912101",
        "%B{} AB^2912101",
    ],
)
def test_other_text_is_no_first_track(text: str) -> None:
    for number in ("0" * 12, "9" * 19):
        assert left(text.format(number)) == text.format(number)


@for_all("length", LENGTHS)
def test_a_second_track_has_a_number_an_expiry_and_a_service_code(length: int) -> None:
    for number in ("0" * (length - 1) + "1", "9" * length, card("4", length)):
        for sign in "=Dd":
            for year, month in (("00", "01"), ("99", "09"), ("29", "10"), ("29", "12")):
                for service in ("000", "999", "101"):
                    for end in ("", "?", "0", "9", "00000737?", "12345=67F", "12345a", "1F?"):
                        track = f"{number}{sign}{year}{month}{service}{end}"
                        assert left(f";{track}") == "#", track
                        assert left(f"x ;{track} y") == "x # y"
                        if number == card("4", length):
                            assert left(f"x{track} y") == "x# y"


@for_all("text", ["{}=2913101", "{}=2900101", "{}=291210x", "{}=x912101"])
def test_other_text_is_no_second_track(text: str) -> None:
    assert left(text.format(NUMBER)) == text.format(NUMBER)


@for_all("between", [":", " =", " ", "|"])
def test_with_another_sign_it_is_an_expiry_and_a_code(between: str) -> None:
    assert left(f"{NUMBER}{between}2912101") == f"{NUMBER}{between}#"


def test_a_number_of_no_card_is_of_a_second_track_behind_a_semicolon_alone() -> None:
    assert left("1234567890123=2912101") == "1234567890123=2912101"
    assert left(";1234567890123=2912101") == "#"
    assert left(f"9{NUMBER}123=2912101") == f"9{NUMBER}123=2912101"


@for_all("length", range(12, 22))
def test_a_third_track_has_a_number_and_ten_more_digits(length: int) -> None:
    for digit in "09":
        for rest in (digit * 10, "=" + digit * 9, f"{digit}=" * 20):
            for end in ("", "?"):
                assert left(f"x ;{digit * length}={rest}{end} y") == "x # y"
        assert left(f";{digit * length}={digit * 3}") == f";{digit * length}={digit * 3}"
        assert left(f";{digit * length}x{digit * 10}") == f";{digit * length}x{digit * 10}"


@for_all("between", [" ", "_" * 6, ", | ", " -> ", "(", "\n"])
def test_up_to_six_separators_may_stand_between_a_number_and_its_code(between: str) -> None:
    for code in ("000", "999", "0909", "9090"):
        for behind in ("", ".", " x", "x", ".x", ",", ", 5"):
            assert left(f"{NUMBER}{between}{code}{behind}") == f"{NUMBER}{between}#{behind}"
            assert (
                left(f"{NUMBER}{between}12/29{between}{code}{behind}")
                == f"{NUMBER}{between}12/29{between}#{behind}"
            )


@for_all(
    "expiry",
    [
        "12/29",
        "1/29",
        "01 / 2020",
        "09-49",
        "10___39",
        "2029-12",
        "2040 - 1",
        "exp: 12/29",
        "valid thru month 12/29",
        "EXP___DATE___till___10/30",
        "expires: valid: until: 10/30",
    ],
)
def test_an_expiry_may_stand_between(expiry: str) -> None:
    for before in (" ", "_" * 6):
        for behind in (" ", "_" * 6, " code: ", " the security code no: "):
            assert left(f"{NUMBER}{before}{expiry}{behind}937") == f"{NUMBER}{before}{expiry}{behind}#"


@for_all("between", [" code ", " the____security____code____no____", " and the code nr "])
def test_up_to_four_words_may_stand_between(between: str) -> None:
    assert left(f"{NUMBER}{between}937") == f"{NUMBER}{between}#"


@for_all(
    "between",
    ["_" * 7, " a ", " code_____", " 12/29/", " 12/29" + "_" * 7, " and the with und mit ", " 12____29 ", " exp exp exp exp 12/29 ", " exp____12/29 "],
)  # fmt: skip
def test_more_than_that_parts_a_number_from_other_digits(between: str) -> None:
    code = "93711" if between == " 12/29/" else "937"
    assert left(f"{NUMBER}{between}{code}") == f"{NUMBER}{between}{code}"


@for_all("code", ["937", "9371"])
def test_an_amount_is_no_code_unless_it_is_a_column(code: str) -> None:
    for amount in (f"{code}.5", f"{code},00", f"{code},90", f"{code}.0"):
        assert left(f"{NUMBER} {amount}") == f"{NUMBER} {amount}"
    assert left(f"{NUMBER},{code},00") == f"{NUMBER},#,00"
    assert left(f"{NUMBER},12/29,{code},99") == f"{NUMBER},12/29,#,99"


def test_a_row_has_three_codes_at_most() -> None:
    assert left(f"{NUMBER} 937 938 939 940") == f"{NUMBER} # # # 940"


@for_all("code", ["000", "999", "0909", "9090"])
def test_a_code_may_stand_before_a_number(code: str) -> None:
    for between in (" ", "_", " - ", "..."):
        for before in ("", "x", "so "):
            assert left(f"{before}{code}{between}{NUMBER}") == f"{before}#{between}{NUMBER}"
        for before in ("19", "0.", "9-", "5.", "5,", "5:", "5/", "5-"):
            text = f"{before}{code}{between}{NUMBER}"
            assert left(text) == text
    assert left(f"{code}    {NUMBER}") == f"{code}    {NUMBER}"


@for_all(
    "text",
    [
        "cvv: 9<strong>3</strong>7",
        "cvv: 9&shy;3&shy;7",
        "cvv 0-0-0",
        "cvv: 9%AD%AD3%AD%AD7",
        "c%76v: 937",
        "U+0063vv 937",
    ],
)
def test_digits_that_are_written_otherwise_are_not_overlooked(text: str) -> None:
    assert scrub_prose(text)[1] == 1


def test_markup_behind_a_code_stays() -> None:
    assert left("<p>cvv <b>937</b></p>") == "<p>cvv <b>#</b></p>"
    assert left("cvv 9<b>3</b>7<br/><i>x") == "cvv #<br/><i>x"


@for_all("digit", "0123456789")
def test_a_code_stands_beside_a_number_of_any_digits(digit: str) -> None:
    number = card(f"4{digit * 14}", 16)
    for written in (number, "-".join((number[:4], number[4:8], number[8:12], number[12:]))):
        assert left(f"{written} 937") == f"{written} #"
        assert left(f"937 {written}") == f"# {written}"
