"""Sensitive authentication data goes, under every name, in every spelling and at every place where it is understood."""

from typing import Any

from hypothesis import strategies as st

from tests.support.fakes.world import World, ample_budget
from tests.support.property.tried import tried
from tests.support.samples import order, stream_record
from tokenizer import json_text
from tokenizer.guard.authentication_data import is_authentication_key, scrub_text

CANARY = "verificationcanary77"
NUMBER = 770077007700
# Written out, so that a name that is lost is noticed.
LONG_NAMES = (
    "cvv", "cvv2", "cvc", "cvc2", "cvn", "cvn2", "cav", "cav2", "track1", "track2", "track3", "track data", "track1 data",
    "track2 data", "track3 data", "card security code", "card verification value", "card verification code",
    "pin block", "security code",
)  # fmt: skip
SHORT_NAMES = ("pin", "cid", "csc", "card pin")
BEFORE = (
    "order",
    "payment",
    "billing",
    "credit",
    "debit",
    "card",
    "cc",
    "method",
    "source",
    "details",
    "data",
)
BEHIND = ("code", "number", "value", "no")
LIKE_NAMES = (
    "pinterest",
    "shipping",
    "acid",
    "opinion",
    "cvv result code",
    "tracking",
    "security level",
    "spin",
    "my pin",
)

_separators = st.sampled_from(("", " ", "_", "-", ".", " - ", "/"))
_plain_names = st.sampled_from((*LONG_NAMES, *SHORT_NAMES))
_long_names = st.builds(
    lambda before, name, behind: " ".join([*before, name, *behind]),
    st.lists(st.sampled_from(BEFORE), max_size=3),
    st.sampled_from(LONG_NAMES),
    st.lists(st.sampled_from(BEHIND), max_size=1),
)


def _spelled(name: str, separator: str, letters: bool, case: int) -> str:
    words = name.split(" ")
    text = separator.join("".join(words)) if letters else separator.join(words)
    return (str, str.upper, str.title, _full_width)[case](text)


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def spelled(names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A name with any separators between its words or its letters, in any case, in plain or wide letters."""
    return st.builds(_spelled, names, _separators, st.booleans(), st.integers(0, 3))


keys = spelled(st.one_of(_plain_names, _long_names))
# Inside of strings a suffix may stand at most one character behind.
embedded_keys = st.builds(
    _spelled,
    st.one_of(_plain_names, _long_names),
    st.sampled_from(("", " ", "_", "-", ".")),
    st.just(False),
    st.integers(0, 3),
)
values = st.sampled_from(
    (
        CANARY,
        NUMBER,
        [CANARY],
        {"x": CANARY},
        {"deep": [1, {"er": CANARY}]},
        f'{{"x": "{CANARY}"}}',
        f"{CANARY} é",
    )
)


def _held(key: str, embedded: str, value: Any) -> list[Any]:
    """Returns the objects that hold a value under a name, as producers write it."""
    return [
        {key: value},
        {"before": 1, key: value, "behind": {"kept": 2}},
        [[{key: value}]],
        # Some names mean other things in pairs that are not about a payment.
        *(
            {"payment": {name: key, under: value}}
            for name in ("name", "key", "field")
            for under in ("value", "val")
        ),
        {"embedded": json_text.dump_text({embedded: value, "kept": "x"})},
        [json_text.dump_text([{"a": {embedded: value}}])],
    ]


PLACES = (("extra",), ("order", "extra"), ("order", "payment"), ("order", "payment", "card"), ("order", "items", 0), ("order", "customer"))  # fmt: skip


def written(world: World) -> str:
    """Everything that a run has kept or sent anywhere."""
    kept = [field.value for record in world.vault.stored.values() for field in record.fields.values()]
    sent = [*(each.detail for each in world.bus.events), *(each.data for each in world.letters.sent)]
    said = [each.message for each in world.letters.sent]
    return json_text.dump_text(kept) + " ".join(said) + b" ".join(sent).decode("utf-8", "replace")


def assert_gone(text: str) -> None:
    assert CANARY not in text
    assert str(NUMBER) not in text


def holding(place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    event = order()
    holder: Any = event
    for step in place:
        holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
    if isinstance(value, dict):
        holder |= value
    else:
        holder["more"] = value
    return event


@tried(keys, times=4)
def test_a_key_is_known_with_every_word_around_it(key: str) -> None:
    assert is_authentication_key(key)


@tried(spelled(st.sampled_from(LIKE_NAMES)))
def test_a_key_that_only_looks_like_one_is_none(key: str) -> None:
    assert not is_authentication_key(key)


holders = st.builds(_held, keys, embedded_keys, values).flatmap(st.sampled_from)


@tried(holders, st.sampled_from(PLACES), times=3)
def test_it_is_neither_published_nor_kept(held: Any, place: tuple[str | int, ...]) -> None:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch(
        [stream_record(json_text.dump(holding(place, held)))], ample_budget()
    )
    assert outcome.published
    assert_gone(written(world))


@tried(holders, st.sampled_from(("number", "type", "missing", "list")))
def test_a_letter_of_a_record_that_is_refused_holds_none(held: Any, fault: str) -> None:
    event: Any = holding(("order", "payment"), held)
    match fault:
        case "number":
            event["order"]["total"] = {"no": "money"}
        case "type":
            event["event_type"] = "order.vanished"
        case "missing":
            del event["event_id"]
        case _:
            event = [event]
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(json_text.dump(event))], ample_budget())
    assert outcome.letter is not None
    assert_gone(written(world))


# In text that does not parse, what belongs to a name stands close behind it.
_scrubbed_names = st.builds(
    lambda before, name, joint, behind: before + name + "".join(joint + each for each in behind),
    st.sampled_from(("", *(f"{word}{joint}" for word in BEFORE for joint in ("_", "-", ".")))),
    spelled(st.sampled_from((*LONG_NAMES, *SHORT_NAMES))).filter(lambda key: "/" not in key),
    st.sampled_from(("", "_", "-")),
    st.lists(st.sampled_from(BEHIND), max_size=1),
)
_glued_names = st.builds(
    lambda before, name: before + name.replace(" ", ""), st.sampled_from(BEFORE), st.sampled_from(LONG_NAMES)
)
_FORMS = (
    '<field name="{key}">{value}</field>', "&lt;{key}&gt;{value}&lt;/{key}&gt;", "%22{key}%22%3A%22{value}%22", '{{"{key}" => "{value}"}}',
    '{{"{key}": "{value}", "x', '{{"{key}":{value}, broken', "{{'{key}': '{value}'", "card=1&{key}={value}&x=1", '{{\\"{key}\\":\\"{value}\\"',
    "<a><{key}>{value}</{key}>", "{key}: {value}\nrest", '{{"name":"{key}","value":"{value}"', "{key} = {value}", '[{{"{key}": ["{value}", 1]}}',
)  # fmt: skip


@tried(
    st.one_of(_scrubbed_names, _glued_names),
    st.sampled_from(_FORMS),
    st.sampled_from((CANARY, str(NUMBER))),
    times=4,
)
def test_text_that_does_not_parse_is_scrubbed_of_it(key: str, form: str, value: str) -> None:
    scrubbed, removed = scrub_text(form.format(key=key, value=value).encode())
    assert removed
    assert_gone(scrubbed.decode())
