"""Between a card number and its code may stand: an expiry in any of its forms, and a few words; and a track of any month."""

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose

NUMBER = card("4", 16)
OF_EXPIRIES = """
    exp expires expiry expiration valid thru until till date gultig gueltig bis mm yy month year vence scadenza
"""
OF_CODES = "code sec security and the with back und mit y et no nr cv cv2 cvv cvv2 cvc cvc2"
MONTHS = [f"{month:02}" for month in range(1, 13)]


def left(text: str) -> str:
    """Returns what is left of a code behind a number and this text."""
    scrubbed, _ = scrub_prose(f"{NUMBER}{text} 937")
    assert scrubbed.startswith(f"{NUMBER}{text} ")
    return scrubbed.removeprefix(f"{NUMBER}{text} ")


@for_all("word", OF_EXPIRIES.split())
def test_a_word_for_expiries_may_stand_before_one(word: str) -> None:
    for spelled in (word, word.upper(), f"valid {word}:"):
        assert left(f", {spelled} 12/29") == MARK


@for_all("word", OF_CODES.split())
def test_a_word_for_codes_may_stand_before_one(word: str) -> None:
    for spelled in (word, word.upper(), f"the {word}:"):
        assert left(f" {spelled}") == MARK
        assert left(f" 12/29 {spelled}") == MARK


@for_all("month", MONTHS)
@for_all("year", ["26", "39", "2026", "2049"])
def test_an_expiry_of_any_month_may_stand_between(month: str, year: str) -> None:
    for expiry in (f"{month}/{year}", f"{month} - {year}", f"{month.lstrip('0')}/{year}"):
        assert left(f" {expiry}") == MARK
    if len(year) == len("2026"):
        assert left(f" {year}-{month}") == MARK


@for_all("expiry", ["13/29", "00/29", "12/19", "12/59"])
def test_what_is_no_expiry_parts_a_number_from_other_digits(expiry: str) -> None:
    assert left(f" {expiry}") == "937"


@for_all("month", MONTHS)
def test_a_second_track_of_any_month_is_removed(month: str) -> None:
    for track in (f";{NUMBER}=29{month}101000000000?", f"{NUMBER}D29{month}1010000"):
        scrubbed, removed = scrub_prose(f"read {track} twice")
        assert removed
        assert month + "101" not in scrubbed
