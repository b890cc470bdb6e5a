"""Everything that may stand within, before and behind a label of a code, with each separator, digit and length; and the nearest text that stays."""

import json

from tests.support.members import for_all
from tokenizer.guard.authentication_data import may_hold_authentication_data
from tokenizer.guard.authentication_data.labels import digits_announced
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose


def left(text: str, *, payment: bool = False) -> str:
    """The text with `#` for each code."""
    scrubbed, removed = scrub_prose(text, payment=payment)
    assert scrub_prose(scrubbed, payment=payment)[1] == 0, "removing twice is removing once"
    raw = json.dumps({"notes": f"{text} x"}, ensure_ascii=False).encode()
    assert not removed or payment or may_hold_authentication_data(raw), text
    return scrubbed.replace(MARK, "#")


@for_all("digits", ["000", "999", "0909", "9090"])
@for_all("between", ["", " ", "-", "_", ".", "/", " - ", "...", " _ "])
def test_digits_may_stand_one_by_one(digits: str, between: str) -> None:
    code = between.join(digits)
    for behind in ("", ".", ", ", " x", "-x"):
        assert left(f"cvv {code}{behind}") == f"cvv #{behind}"


@for_all("label", ["cvvs", "CVV2s", "cvcs", "card security codes", "card verification numbers"])
def test_a_label_may_be_of_many(label: str) -> None:
    for text in (f"{label}: 937", f"the {label} are 937"):
        assert left(text) == text.replace("937", "#")
    assert left(f"{label}s 937") == f"{label}s 937"


@for_all("sign", ".,:/-")
def test_digits_that_go_on_are_no_code(sign: str) -> None:
    for digit in "09":
        for text in (
            f"cvv 937{sign}{digit}",
            f"cvv 93711{digit}",
            f"{digit}{sign}937 cvv",
            f"{digit}9371 cvv",
        ):
            assert left(text) == text
    for letter in "azAZ":
        for text in (f"{letter}937 cvv", f"cvv {letter}937"):
            assert left(text) == text.replace("937", "#" if text.startswith("cvv") else "937")


@for_all("code", ["000", "999", "0909", "9090", "0-0-0", "9-9-9", "9-0-9-0"])
def test_digits_may_stand_before_a_label(code: str) -> None:
    for between in ("", " ", " is my ", " = the ", "</b> "):
        assert left(f"so {code}{between}cvv") == f"so #{between}cvv"


@for_all("before", ["", "my", "card", "cc", "_", "x_", "the ", "1", "(my", "ß "])
def test_some_words_may_stand_directly_before_a_label(before: str) -> None:
    for text in (f"{before}cvv", f"{before.upper()}CVV"):
        assert left(f"{text} 937") == f"{text} #"


@for_all("before", ["a", "z", "A", "Z", "xmy", "zz"])
@for_all("label", ["cvv", "csc", "cid", "security code", "pin"])
def test_another_word_before_a_label_makes_none_of_it(before: str, label: str) -> None:
    text = f"{before}{label} {'937' if label != 'pin' else '9371'}"
    assert left(text) == text


@for_all("behind", ["", "code", "number", "value", "no", " code", "-Number", "_VALUE", ". no"])
def test_a_word_may_stand_directly_behind_a_label(behind: str) -> None:
    for label in ("cvv", "cvc2", "cav"):
        assert left(f"{label}{behind}: 937") == f"{label}{behind}: #"
    assert left(f"cvv{behind}a 937") == f"cvv{behind}a " + ("#" if behind.startswith((" ", "-")) else "937")


@for_all("letter", ["a", "z", "A", "Z", "e", "es", "is"])
def test_a_letter_behind_a_label_makes_another_word_of_it(letter: str) -> None:
    for text in (
        f"cvv{letter} 937",
        f"csc{letter} 937",
        f"pin{letter} 9371",
        f"security code{letter} 937",
        f"cid{letter} 937",
    ):
        assert left(text) == text


@for_all("behind", ["", "code", "number", "nummer", "no", "nr", " code", "-number", "_nummer", ".no", " nr"])
def test_a_pin_may_have_a_word_behind_it(behind: str) -> None:
    for label in ("pin", "PIN", "my pin"):
        for code in ("0000", "9999", "9 0 9 0", "9-9-0-9", "0.9.9.0", "9_9_9_9"):
            assert left(f"{label}{behind}: {code}") == f"{label}{behind}: #"
        for text in (f"{label}{behind}a 9371", f"{label}{behind}: 93711", f"{label}{behind} 937"):
            assert left(text) == text
    for label in ("pin", "cardpin", "geheimzahl"):
        for code in ("9371", "0" * 12, "9" * 12, " ".join("9" * 12), "-".join("0" * 12), "_".join("9" * 5)):
            assert left(f"{label}{behind}: {code}", payment=True) == f"{label}{behind}: #"
        for text in (f"{label}{behind}: {'9' * 13}", f"{label}{behind}: 937"):
            assert left(text, payment=True) == text


@for_all("digit", "0123456789abcdefABCDEF")
def test_a_pin_block_has_sixteen_hexadecimal_digits(digit: str) -> None:
    for label in ("pinblock", "pin block", "PIN_BLOCK:", "pin-block" + " " * 8, "pin.block ____"):
        for block in (f"0{digit}" * 8, f"{digit}9a9" * 4):
            assert left(f"{label}{block}") == f"{label}#"
            for text in (f"{label}{block}{digit}", f"{label}{block[1:]}"):
                assert left(text) == text
    assert left("pin block" + " " * 9 + "0" * 16) == "pin block" + " " * 9 + "0" * 16


def test_between_a_label_and_its_digits_stand_six_separators_or_a_line_and_four_before_a_joint() -> None:
    for label in ("security code", "csc"):
        for between in (
            " " * 6,
            "_" * 6,
            " " * 7,
            "_" * 64,
            " " * 4 + "is" + " " * 6,
            " is" * 5 + " ",
            ": (is) ",
        ):
            assert left(f"{label}{between}937", payment=True) == f"{label}{between}#"
        for between in (
            " " * 65,
            "_" * 65,
            "\n" * 7,
            " " * 5 + "is ",
            " is" + " " * 7,
            " is" * 6 + " ",
            " onset ",
            " ise ",
            " isz ",
            "iss ",
            " *** ",
        ):
            assert left(f"{label}{between}937") == f"{label}{between}".replace(MARK, "#") + "937"


@for_all(
    "between",
    [
        "<x>",
        "</x>",
        "<a b='c'>",
        "<z" + "y" * 64 + ">",
        "<A>",
        "**",
        "*",
        "__",
        ' <b>"',
        ';s:0:"',
        ';s:9999:"',
        ";i:",
        ";d:",
    ],
)
def test_markup_may_stand_between(between: str) -> None:
    for label in ("security code", "csc"):
        for middle in (between, f"{between} is ", f" is{between}"):
            text = f"{label}{middle}{{}}"
            assert scrub_prose(text.format("937")) == (text.format(MARK), 1)


@for_all("between", ["<z" + "y" * 65 + ">", "<x\n>", "<1>", '";s:99999:"', '";x:'])
def test_other_markup_parts_a_label_from_digits(between: str) -> None:
    text = f"security code{between}937"
    assert left(text) == text


@for_all("code", ["000", "999", "0909", "9-0-9", "0 9 0 9"])
def test_three_asterisks_around_digits_are_markup(code: str) -> None:
    assert scrub_prose(f"security code ***{code}***", payment=True) == (f"security code ***{MARK}***", 1)


@for_all(
    "text",
    [
        "security code *** 937",
        "security code ***937",
        "security code ***937**",
        "security code ***93***",
        "csc ****937",
    ],
)
def test_a_mark_parts_a_label_from_digits(text: str) -> None:
    assert scrub_prose(text) == (text, 0)


def test_five_words_of_a_hundred_letters_at_most_may_stand_between() -> None:
    for words in ("a b c d e", "a" * 100, "a -- b", "ä ö ü ß я", "a:/-(b"):
        assert left(f"cvv {words} 937") == f"cvv {words} #"
    for words in (
        "a b c d e f",
        "a" * 101,
        "a     b",
        "a1b",
        "a_b",
        *(f"a{sign} b" for sign in ".,;!?*\n"),
        *(f"{sign} b" for sign in ".;!?"),
    ):
        assert left(f"cvv {words} 937") == f"cvv {words} 937"


@for_all("word", ["pages", "orderly", "homepage", "stepping", "doormat", "lineß"])
def test_a_word_that_only_holds_one_for_other_numbers_may_stand_between(word: str) -> None:
    for between in (f" said {word} ", f" (as {word}) ", f"({word}) ", f" ({word}): "):
        assert left(f"cvv{between}937") == f"cvv{between}#"


@for_all(
    "between",
    [
        " (page) ",
        " (my page) ",
        " (1page) ",
        " (see_page) ",
        " (" + "x " * 33 + ") ",
        " (x\ny) ",
        " (1) ",
        " (x).  ",
        " (x)     ",
    ],
)
def test_other_brackets_part_a_label_from_digits(between: str) -> None:
    assert left(f"cvv{between}937") == f"cvv{between}937"


@for_all("between", [" (" + "x " * 32 + ") ", "() ", "(x)", "(a, b) ", "- (x)   ", " (x) a b c d e "])
def test_brackets_may_stand_between(between: str) -> None:
    assert left(f"cvv{between}937") == f"cvv{between}#"


@for_all("ending", ["ending", "ends", "endet", "endend", "ENDING"])
def test_a_cards_last_digits_may_stand_between(ending: str) -> None:
    for word in ("", "in ", "with ", "auf ", "mit "):
        for last in ("0000", "9999"):
            assert (
                left(f"cvv of card {ending} {word}{last} : 937") == f"cvv of card {ending} {word}{last} : #"
            )
            text = f"cvv said visa {ending} {word}{last}0 : 937"
            assert left(text) == text


@for_all(
    "joints",
    ["", "is", "of the card", "code: is", " - is", "is." * 10, "is ...", "number is: ", "as", "is ---"],
)
def test_a_label_may_end_with_words_that_join_it_to_its_digits(joints: str) -> None:
    for label in ("CVV", "card security code"):
        assert digits_announced(f"{label} {joints}", payment=False) == {3, 4}
    assert digits_announced(f"security code {joints}", payment=False) == ({3, 4} if "card" in joints else {3})


@for_all("text", ["CVV x", "CVV matched", "", "CVV of order", "door CVV is the x"])
def test_other_texts_announce_nothing(text: str) -> None:
    assert digits_announced(text, payment=False) == frozenset()


def test_joints_and_markup_may_be_in_capitals() -> None:
    for text in ("SECURITY CODE IS {}", "csc<B>{}</B>", "Security Code: My Card Is {}"):
        assert scrub_prose(text.format("937")) == (text.format(MARK), 1)
    assert digits_announced("Security code IS The", payment=False) == {3}
