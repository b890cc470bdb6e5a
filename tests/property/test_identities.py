"""Everything that is drawn for a record follows from where it came from, and is another for another place."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from stdnum import luhn

from schemas.dead_letter import LetterSource
from tests.support.fakes.world import SUBJECT_KEY, TOKEN_KEYS, World, ample_budget
from tests.support.property.sensitive import DIGITS, RESPELLED, emails, national, phones, stays_as_an_id
from tests.support.property.tried import tried
from tests.support.samples import order, stream_record
from tokenizer.cards import digits_of
from tokenizer.identity import Identity
from tokenizer.records import milliseconds, timestamp
from tokenizer.vault.tokens import is_token

KEY = TOKEN_KEYS.keys[0][1]

# Few and short, so that two places often differ in one part alone, and parts run into each other.
_parts = st.sampled_from(("1", "11", "12", "2", "a", "a1", '"', ",", '1","1', "é"))
_edits = st.none() | _parts
_sub_sequences = st.sampled_from((None, 0, 1, 10, 11))  # the first of an aggregate is 0
places = st.one_of(
    st.builds(
        lambda stream, shard, sequence, sub, edited: LetterSource(
            stream=stream,
            shard=shard,
            sequence_number=sequence,
            sub_sequence_number=sub,
            edited=edited,
            arrived_at="2026-11-23T10:15:01Z",
        ),
        _parts,
        _parts,
        _parts,
        _sub_sequences,
        _edits,
    ),
    st.builds(
        lambda queue, message, edited: LetterSource(
            queue=queue, message_id=message, edited=edited, arrived_at="2026-11-23T10:15:01Z"
        ),
        _parts,
        _parts,
        _edits,
    ),
)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[LetterSource, LetterSource]:
    """Returns two places that differ in one part alone."""
    one = draw(places)
    given = [
        name for name in ("stream", "shard", "sequence_number", "queue", "message_id") if getattr(one, name)
    ]
    name = draw(st.sampled_from([*given, "edited", *(["sub_sequence_number"] if one.stream else [])]))
    new = draw(_sub_sequences if name == "sub_sequence_number" else _edits if name == "edited" else _parts)
    assume(new != getattr(one, name))
    return one, one.model_copy(update={name: new})


def drawn(identity: Identity) -> set[object]:
    return {
        KEY.record_id(identity),
        KEY.record_id(identity, "30 days"),
        SUBJECT_KEY.value_record_id(KEY.record_id(identity), 0),
        SUBJECT_KEY.value_record_id(KEY.record_id(identity), 1),
        KEY.tag(identity, "/a"),
        KEY.tag(identity, "/a", 1),
        KEY.tag(identity, "/b"),
        KEY.number(identity, "/a"),
        KEY.ingest_id(identity),
    }


@tried(neighbours(), times=8)
def test_two_places_that_differ_in_one_part_have_nothing_in_common(
    two: tuple[LetterSource, LetterSource],
) -> None:
    one, other = map(Identity.of_source, two)
    assert one != other
    assert len(drawn(one)) == len(drawn(other)) == 9
    assert not drawn(one) & drawn(other)


@tried(places, _parts)
def test_the_parts_of_an_aggregate_and_their_edits_have_nothing_in_common(
    source: LetterSource, revision: str
) -> None:
    parts = (None, 0, 1, 10, 11) if source.stream else (None,)
    identities = [
        Identity.of_source(source.model_copy(update={"sub_sequence_number": part, "edited": edited}))
        for part in parts
        for edited in (None, revision, revision + revision)
    ]
    assert len(set(identities)) == 3 * len(parts)
    assert len(set[object]().union(*map(drawn, identities))) == 9 * len(identities)


@tried(places, times=4)
def test_a_letters_source_leads_back_to_the_identity_of_its_record(source: LetterSource) -> None:
    if source.stream:
        assert source.shard is not None
        assert source.sequence_number is not None
        first = Identity.of_kinesis(
            source.stream, source.shard, source.sequence_number, source.sub_sequence_number
        )
    else:
        assert source.queue is not None
        assert source.message_id is not None
        first = Identity.of_sqs(source.queue, source.message_id)
    assert Identity.of_source(source) == first.edited(source.edited)
    if source.edited is not None:
        assert Identity.of_source(source) not in {first, Identity.of_sqs("a", "b").edited(source.edited)}


@tried(st.lists(places, min_size=4, max_size=4), times=2)
def test_the_tokens_of_different_records_are_different(sources: list[LetterSource]) -> None:
    identities = [Identity.of_source(each) for each in sources]
    assume(len(set(identities)) == len(identities))
    world = World()
    records = [
        stream_record(order(), at, identity=each, item_id=str(at)) for at, each in enumerate(identities)
    ]
    assert all(outcome.published for outcome in world.tokenizer.tokenize_batch(records, ample_budget()))
    shown = [_own_tokens(detail) for detail in world.bus.details()]
    assert all(len(tokens) > 8 for tokens in shown)
    assert not any(one & other for one, other in combinations(shown, 2))


def _own_tokens(value: Any, key: str = "") -> set[str]:
    """Returns the tokens of an event but those of its consistent values, which others have as well."""
    if isinstance(value, dict):
        return set().union(*(_own_tokens(inner, name) for name, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(_own_tokens(inner) for inner in value))
    return {value} if is_token(str(value)) and key not in {"email", "phone"} else set()


def shown(world: World, event: Any, sequence: int) -> Any:
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event, sequence)], ample_budget())
    assert outcome.published, str(outcome.letter)
    return world.bus.details()[-1]["data"]


def customers(world: World, *customers: dict[str, Any]) -> list[dict[str, Any]]:
    events = [order(customer={"customer_id": f"C-{at}", **each}) for at, each in enumerate(customers)]
    return [shown(world, event, at)["order"]["customer"] for at, event in enumerate(events)]


_ADDRESS_SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "upper case": str.upper,
    "space around": lambda text: f" {text}\n",
    "taken apart": RESPELLED["taken apart"],
}


@tried(
    emails, st.sampled_from(sorted(_ADDRESS_SPELLINGS)), st.sampled_from(("dot", "letter", "plus", "none"))
)
def test_an_address_is_the_same_in_each_spelling_and_for_nobody_else(
    address: str, style: str, change: str
) -> None:
    others = {
        "dot": f"a.{address}",
        "letter": f"{address}x",
        "plus": address.replace("@", "+x@"),
        "none": address,
    }
    one, other = customers(World(), {"email": address}, {"email": _ADDRESS_SPELLINGS[style](others[change])})
    assert (one["email"] == other["email"]) == (change == "none")


@tried(
    phones(),
    st.sampled_from(("+{} {}", "00{}{}", "+{}-{}", "+({}) {}", "00 {}/{}")),
    st.booleans(),
    st.booleans(),
)
def test_a_phone_number_is_the_same_in_each_spelling_and_for_nobody_else(
    phone: tuple[str, str], form: str, wide: bool, same: bool
) -> None:
    code, number = phone
    written = form.format(code, number if same else f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
    one, other = customers(
        World(),
        {"phone": f"+{code}{number}"},
        {"phone": RESPELLED["full width"](written) if wide else written},
    )
    assert (one["phone"] == other["phone"]) == same
    inland, abroad = customers(
        World(), {"phone": national(code, number)["with trunk zero"]}, {"phone": f"+0{number}"}
    )
    assert inland["phone"] != abroad["phone"]


@tried(st.sampled_from(("+12025550123", "12025550123", "ann@example.com", "x")))
def test_an_address_never_meets_a_phone_number_that_is_written_alike(text: str) -> None:
    one, other = customers(World(), {"email": text}, {"phone": text})
    assert one["email"] != other["phone"]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Ten to nineteen digits with separators between them."""
    digits = draw(st.text(alphabet=DIGITS, min_size=10, max_size=19))
    joint = draw(st.sampled_from(("", " ", "-")))
    size = draw(st.integers(2, 6)) if len(digits) <= 14 else 5
    return joint.join(digits[at : at + size] for at in range(0, len(digits), size))


@tried(numbers(), times=2)
def test_an_alias_keeps_its_numbers_shape_and_is_no_number_of_anybody(number: str) -> None:
    assume(stays_as_an_id(number))
    world = World()
    event = {
        "event_id": "e",
        "event_type": "customer.updated",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "customer": {"customer_id": "C", "loyalty_number": number, "device_id": number},
    }
    first, again, second = (shown(world, event, at)["customer"] for at in (1, 1, 2))
    alias, other = first["loyalty_number"], second["loyalty_number"]
    assert [each if each in " -" else "9" for each in alias] == [
        each if each in " -" else "9" for each in number
    ]
    assert again == first
    assert len({alias, other, number}) == 3
    assert not luhn.is_valid(digits_of(alias))
    assert not luhn.is_valid(digits_of(other))
    found = world.reveal(alias)[alias].found
    assert found is not None
    assert found.value == number
    # A one-way token: the same for the same value, and nothing leads back.
    assert first["device_id"] == second["device_id"]
    assert world.reveal(first["device_id"])[first["device_id"]].found is None


@tried(
    st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 -- the offset is added
    st.integers(-14 * 60, 14 * 60),
    st.integers(-14 * 60, 14 * 60),
    times=4,
)
def test_a_moment_is_written_alike_from_every_time_zone(naive: datetime, one: int, other: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    there, elsewhere = (moment.astimezone(timezone(timedelta(minutes=each))) for each in (one, other))
    assert (
        timestamp(there)
        == timestamp(elsewhere)
        == f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
    )
    assert milliseconds(there) == milliseconds(elsewhere)
    assert (
        abs(milliseconds(there) - (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
        <= 0.5
    )
