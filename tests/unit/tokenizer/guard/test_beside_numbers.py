"""Characters before and behind a number decide whether it is one: each alone, and each mark with a digit or a letter."""

from string import ascii_letters, digits, hexdigits, punctuation
from typing import NamedTuple

from tests.support.members import for_all
from tests.support.spellings import NOBODY
from tokenizer.guard import ANY_TEXT, Finding, Reading, find_leak

WORD = digits + ascii_letters
MARKS = punctuation + " \n"
PROSE = Reading(prose=True)


class Sample(NamedTuple):
    """A text with a finding, and what it is no finding beside.

    Args:
        text: what is found alone.
        behind: characters behind which it is not found.
        before: characters before which it is not found.
        behind_digit: marks behind which it is not found if a digit stands before the mark.
        behind_letter: the same for a letter.
        before_digit: marks before which it is not found if a digit stands behind the mark.
        before_letter: the same for a letter.
        digits: the digits that are tried; others make another number of it.
        letters: the letters that are tried on the other side of a mark.
    """

    text: str
    finding: Finding
    behind: str
    before: str
    behind_digit: str = ""
    behind_letter: str = ""
    before_digit: str = ""
    before_letter: str = ""
    digits: str = digits
    letters: str = "azAZ"
    reading: Reading = ANY_TEXT
    countries: tuple[str, ...] = ()
    around: str = "{}"


NO_HEXADECIMAL = "".join(sorted(set(ascii_letters) - set(hexdigits)))
SAMPLES = [
    Sample("198.51.100.42", Finding.IP_ADDRESS, f"{WORD}+,.", WORD, "+,.@", "+,.@", ",."),
    Sample("2001:db8::1:2", Finding.IP_ADDRESS, f"{WORD}:.", f"{NO_HEXADECIMAL}:", ".", ".:", ".", ":", letters="gzGZ"),
    Sample("219-09-9999", Finding.SSN, WORD, WORD, "-.", "", "-.", "-"),
    Sample("219.09.9999", Finding.SSN, WORD, WORD, "-.", "", "-.", "-"),
    Sample("219099999", Finding.SSN, digits, digits, around="ssn {} "),
    Sample("DE89370400440532013000", Finding.IBAN, WORD, WORD),
    Sample("4111111111111111", Finding.CARD_NUMBER, digits, digits, letters=""),
    Sample("+49 30 1234567", Finding.PHONE, f"{digits}+", "", "+", "+"),
    Sample("0049 30 90182000", Finding.PHONE, f"{WORD}+", "", "+,-./:", "+"),
    Sample("011 49 30 90182000", Finding.PHONE, f"{WORD}+", "", "+,-./:", "+", digits="012346789"),
    Sample("(202) 555-0123", Finding.PHONE, WORD.replace("1", ""), digits, "-./", "", "-./", digits="023456789"),
    Sample("202-555-0123", Finding.PHONE, WORD.replace("1", ""), digits, "-./", "", "-./", digits="023456789"),
    Sample("1-202-555-0123", Finding.PHONE, WORD, digits, "-./", "", "-./"),
    Sample("030 98765432", Finding.PHONE, f"{WORD.replace('0', '')}+", ascii_letters, "(+-./,:", "(+-", "),:", ")-", digits="12345679", reading=PROSE, countries=("DE",)),
    Sample("03098765432", Finding.PHONE, f"{WORD}+-./,:#", ascii_letters, "#+,-./:", "#+,-./:", ",-./:", digits="012456789", reading=PROSE, countries=("DE",)),
    Sample("(0171)2345678", Finding.PHONE, "", ascii_letters, reading=PROSE, countries=("DE",)),
    Sample("390.533.447-05", Finding.NATIONAL_ID, WORD, WORD, "-./", "", "-./", reading=Reading(national_ids=("BR",))),
]  # fmt: skip


@for_all("sample", SAMPLES)
def test_a_number_is_none_within_a_longer_one(sample: Sample) -> None:
    def is_found(text: str) -> bool:
        found = find_leak(sample.around.format(text), NOBODY, sample.reading, lambda: sample.countries)
        return found is sample.finding

    wrong = []
    for each in WORD + MARKS:
        if is_found(f"{each}{sample.text}") is (each in sample.behind):
            wrong.append(f"{each}…")
        tried = each not in digits or each in sample.digits
        if tried and is_found(f"{sample.text}{each}") is (each in sample.before):
            wrong.append(f"…{each}")
    for mark in MARKS:
        for beside, behind, before in (
            (sample.digits, sample.behind_digit, sample.before_digit),
            (sample.letters, sample.behind_letter, sample.before_letter),
        ):
            for each in beside:
                if is_found(f"{each}{mark}{sample.text}") is (mark in behind):
                    wrong.append(f"{each}{mark}…")
                if is_found(f"{sample.text}{mark}{each}") is (mark in before):
                    wrong.append(f"…{mark}{each}")
    assert is_found(sample.text)
    assert not wrong
