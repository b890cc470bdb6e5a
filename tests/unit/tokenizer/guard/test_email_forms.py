"""Every character and every length that an email address may have, and what stands around a sign that makes none."""

from string import ascii_letters, digits, punctuation

from tests.support.spellings import NOBODY
from tokenizer.guard import Finding, find_leak

WORD = digits + ascii_letters


def is_email(text: str) -> bool:
    return find_leak(text, NOBODY) is Finding.EMAIL


def test_a_domain_may_have_any_letter_digit_dash_and_underscore() -> None:
    for each in f"{WORD}_-\u00e9\u0436\U0010ffff":
        assert is_email(f"ann@{each * 2}.example"), each
        assert is_email(f"ann@shop{each}24.example"), each
    for each in f"{ascii_letters}\u0436\U0010ffff":
        assert is_email(f"ann@24.{each * 2}"), each
    for each in set(punctuation) - set("@_-.\\"):
        assert not is_email(f"ann@24{each}24.xy"), each


def test_a_domain_has_labels_of_63_characters_and_twenty_of_them() -> None:
    for label in ("x", "x" * 2, "x" * 62, "x" * 63):
        assert is_email(f"ann@{label}.de"), len(label)
    for count in (1, 2, 19, 20):
        assert is_email(f"ann@{'a.' * count}de"), count
    assert not is_email(f"ann@{'x' * 64}.de")
    assert not is_email("ann@24.x")
    assert not is_email("ann@.de")


def test_an_address_ends_with_anything_but_what_parts_words() -> None:
    for each in f"{WORD}!#$%&'*+-=?^_`{{|}}~.\")\u0436":
        assert is_email(f"{each}@example.com"), each
    for each in " \t\n@<>([],;:\\/":
        assert not is_email(f"{each}@example.com"), each


def test_the_name_of_a_picture_is_no_address() -> None:
    for ending in ("png", "jpg", "jpeg", "gif", "webp", "svg"):
        for written in (ending, ending.upper(), ending.capitalize()):
            assert find_leak(f"kettle@2x.{written}", NOBODY) is None, written
            assert find_leak(f"see kettle@2x.{written}, please", NOBODY) is None, written
        for each in WORD:
            assert is_email(f"kettle@2x.{ending}{each}"), each


def test_a_domain_may_be_an_address_of_version_four() -> None:
    for host in (
        "10.0.0.0",
        "10.0.0.9",
        "1.22.133.4",
        "[10.0.0.1]",
        "[192.0.2.123]",
        "99.88.70.5",
        "199.188.170.155",
    ):
        assert is_email(f"ann@{host}"), host
    for host in ("10.20.30", "10.20", "1000.20.30.40", "10.2000.30.40", "10..20.30", "[10.20.30]"):
        assert not is_email(f"ann@{host}"), host
    assert is_email("ann@[IPv6:")


def test_a_host_without_a_domain_has_four_characters_and_three_before_it() -> None:
    for each in f"{WORD}._%+-":
        assert is_email(f"{each * 3}@mail"), each
    for each in set(punctuation) - set("._%+-"):
        assert not is_email(f"{each * 3}@mail"), each
    for each in f"{WORD}-":
        assert is_email(f"ann@h{each * 3}"), each
    for each in ascii_letters:
        assert is_email(f"ann@{each}001"), each
    for host in ("host", "x" * 62, "x" * 63):
        assert is_email(f"ann@{host}"), len(host)
    for text in ("an@host", "ann@hos", "ann@1host", "ann@-host", f"ann@{'x' * 64}", "ann@host@"):
        assert not is_email(text), text


def test_a_host_that_goes_on_is_not_alone() -> None:
    for each in WORD:
        assert not is_email(f"ann@{'x' * 63}{each}"), each
        assert not is_email(f"ann@mail.{each}"), each
    for behind in (".", ". Then", ".!", ",", " x", "_", "/"):
        assert is_email(f"ann@mail{behind}"), behind
