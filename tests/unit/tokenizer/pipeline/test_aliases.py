"""How many numbers of nine digits may be an alias."""

from tokenizer.pipeline.aliases import _NO_SSN


def test_a_fifteenth_of_all_numbers_of_nine_digits_may_be_an_alias() -> None:
    """So many are neither an SSN's nor an ITIN's; schemas are judged by this share, less those that pass Luhn."""
    numbers = (
        f"{area:03}{group:02}{serial}"
        for area in range(1000)
        for group in range(100)
        for serial in ("0000", "0001")
    )
    free = sum(9_999 if each.endswith("1") else 1 for each in numbers if _NO_SSN.fullmatch(each))
    never = 2 * 10**6 + 898 * (
        10**4 + 99
    )  # areas 000 and 666; of the others up to 899, group 00 and serial 0000
    assert free == never + 100 * 10**4 * (50 + 4 + 2)  # and of the areas from 900 on, groups that no ITIN has
    assert round(free / 10**9, 3) == 0.067
