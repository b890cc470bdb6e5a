"""The preview tells what the real pipeline publishes, field by field, and shows no value."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from ops.app import app
from ops.errors import CommandError
from ops.preview.outcomes import OUTCOME_GROUPS, Field, FieldOutcome, OutcomeGroup, Preview
from tests.support.fakes.world import World, ample_budget
from tests.support.property.events import Raw, raw_events
from tests.support.samples import CANARIES, order, stream_record
from tokenizer import json_text
from tokenizer.pipeline.catalog import ENVELOPE, catalog
from tokenizer.vault.categories import category
from tokenizer.vault.tokens import is_token

SAMPLES = sorted(Path("schemas/samples").glob("*.json"))
TOKENS = {
    FieldOutcome.TOKEN,
    FieldOutcome.CONSISTENT_TOKEN,
    FieldOutcome.ONE_WAY_TOKEN,
    FieldOutcome.UNKNOWN,
    FieldOutcome.GUARD_HIT,
}
SAME = {FieldOutcome.PUBLIC, FieldOutcome.FREE_TEXT, FieldOutcome.EMPTY}
GONE = {FieldOutcome.REMOVED, FieldOutcome.AUTHENTICATION_DATA}
NOTHING = object()


def at(value: Any, path: str) -> Any:
    for step in path.removeprefix("/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, str):  # the token of all that was here
            return value
        value = value[int(key)] if isinstance(value, list) else value.get(key, NOTHING)
    return value


@pytest.mark.parametrize(
    ("path", "outcome", "of"),
    [
        ("/billing/address_1", FieldOutcome.TOKEN, "address"),
        ("/street/*", FieldOutcome.TOKEN, "address"),
        ("/billing/email", FieldOutcome.CONSISTENT_TOKEN, "email"),
        ("/order/notes", FieldOutcome.GUARD_HIT, "other"),
        ("/order/*", FieldOutcome.UNKNOWN, "other"),
        ("/firstName", FieldOutcome.UNKNOWN, "name"),
        ("/name", FieldOutcome.PUBLIC, ""),
        ("/email", FieldOutcome.ONE_WAY_TOKEN, ""),
        ("/email", FieldOutcome.EMPTY, ""),
    ],
)
def test_the_category_of_what_can_be_revealed_is_told(path: str, outcome: FieldOutcome, of: str) -> None:
    assert Field(path, outcome).category == of


def test_the_categories_are_those_that_a_reveal_goes_by() -> None:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    assert outcome.published
    told = {each.path: each.category for each in Preview(catalog()).fields(json_text.dump(order()))}
    kept = [each.path for record in world.vault.stored.values() for each in record.fields.values()]
    assert kept
    assert {path: told[path] for path in kept if path in told} == {
        path: category(path) for path in kept if path in told
    }
    assert len([path for path in kept if path in told]) > 5


def test_a_consistent_value_has_one_token_in_a_run_as_on_the_stack() -> None:
    national, international = "0660 1234567", "+43 660 1234567"
    events = [order(), order()]
    for event, phone, email in zip(
        events, (national, international), ("A@example.org", "a@example.org"), strict=True
    ):
        event["order"]["shipping_address"]["country"] = "AT"
        event["order"]["customer"] |= {"phone": phone, "email": email, "name": "Ann Example"}
    world, preview = World(), Preview(catalog())
    world.tokenizer.tokenize_batch(
        [stream_record(each, at) for at, each in enumerate(events)], ample_budget()
    )
    stack = [each["data"]["order"]["customer"] for each in world.bus.details()]
    shown = [
        json_text.parse(preview.sanitized(json_text.dump(each))[1])["data"]["order"]["customer"]
        for each in events
    ]
    for name, alike in (("phone", True), ("email", True), ("name", False)):
        assert (stack[0][name] == stack[1][name]) == (shown[0][name] == shown[1][name]) == alike
    assert preview.sanitized(json_text.dump(events[0]))[1] != preview.sanitized(json_text.dump(events[1]))[1]
    other = json_text.parse(Preview(catalog()).sanitized(json_text.dump(events[0]))[1])
    assert other["data"]["order"]["customer"]["phone"] != shown[0]["phone"]


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, (dict, list)) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    else:
        yield path


def holds(outcome: FieldOutcome, raw: Any, shown: Any) -> bool:
    """Returns True if a published value is what its outcome says."""
    if outcome in GONE:
        # inside a field that became a token nothing is published
        return shown is NOTHING or "***" in str(shown) or is_token(str(shown))
    if outcome in SAME:
        return bool(shown == raw)
    if outcome is FieldOutcome.FACT:
        return raw is NOTHING and shown is not NOTHING
    return shown != raw and is_token(str(shown)) == (outcome in TOKENS)


def fields_of(event: Any) -> list[Field]:
    return Preview(catalog()).fields(json_text.dump(event))


@given(raw_events())
@settings(max_examples=60)
def test_every_field_is_told_as_it_is_published(raw: Raw) -> None:
    is_told_as_published(raw.event)


def test_a_code_in_a_list_that_became_a_token_is_told_as_removed() -> None:
    event = order()
    event["order"]["payment"]["card"]["number_last4"] = ["ann@example.com", 100]
    assert is_told_as_published(event)


def is_told_as_published(event: dict[str, Any]) -> bool:
    """Returns False if it was not published, so that there is nothing to compare."""
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(json_text.dump(event))], ample_budget())
    if not outcome.published:
        return False
    published = world.bus.details()[0]
    fields = fields_of(event)
    for each in fields:
        if "*" in each.path or each.path.removeprefix("/") in ENVELOPE:
            continue
        before, after = at(event, each.path), at(published["data"], each.path)
        # coarsening may leave a value as it was: a postal code of three characters
        coarse = each.outcome in {FieldOutcome.GENERALIZED, FieldOutcome.MASKED} and before == after
        assert coarse or holds(each.outcome, before, after), each
    for name in ("event_id", "occurred_at"):
        hit = Field(f"/{name}", FieldOutcome.GUARD_HIT) in fields
        assert hit == (published["metadata"][name] != event[name])
    return True


@given(raw_events())
@settings(max_examples=60)
def test_no_field_is_left_out(raw: Raw) -> None:
    paths = {each.path for each in fields_of(raw.event)}
    hidden = {path.rpartition("/")[0] for path in paths if path.endswith("/*")}
    for leaf in leaves(raw.event):
        steps = leaf.split("/")
        above = {"/".join(steps[:count]) for count in range(1, len(steps) + 1)}
        empty_container = at(raw.event, leaf) in ({}, [])
        assert above & (paths | hidden) or empty_container, leaf


def test_a_file_with_something_of_everything() -> None:
    event = order(notes="call Ann Canaryname", **{"gift": 1, "Ann Canaryname": 2})
    event["order"]["payment"]["card"]["cvv"] = "123"
    event["order"]["items"][0]["name"] = "4111 1111 1111 1111"
    fields = set(fields_of(event))
    assert {
        Field("/order/customer/email", FieldOutcome.CONSISTENT_TOKEN),
        Field("/order/customer/email_domain", FieldOutcome.FACT),
        Field("/order/customer/name", FieldOutcome.TOKEN),
        Field("/order/items/0/name", FieldOutcome.GUARD_HIT),
        Field("/order/notes", FieldOutcome.GUARD_HIT),
        Field("/order/gift", FieldOutcome.UNKNOWN),
        Field("/order/*", FieldOutcome.UNKNOWN),
        Field("/order/payment/card/cvv", FieldOutcome.AUTHENTICATION_DATA),
        Field("/order/shipping_address/line2", FieldOutcome.EMPTY),
        Field("/order/shipping_address/postal_code", FieldOutcome.GENERALIZED),
        Field("/order/total", FieldOutcome.PUBLIC),
        Field("/event_id", FieldOutcome.PUBLIC),
    } <= fields
    assert not [canary for canary in CANARIES if canary in str(fields)]


def test_a_code_that_is_cut_out_of_a_public_text_is_told() -> None:
    fields = fields_of(order(notes='{"cvv": "123", "a": "b"}'))
    assert Field("/order/notes", FieldOutcome.AUTHENTICATION_DATA) in fields


CUSTOM = {"name": "CVV", "displayValue": "737", "operation": None, "type": "textbox", "value": "737"}


def test_what_is_removed_inside_a_field_that_is_kept_is_told_beside_it() -> None:
    event = order(
        customFields=[{"name": "Gift", "value": "737"}, CUSTOM, {"Ann Canaryname": CUSTOM}],
        fieldsJson=json.dumps([CUSTOM]),
        notes="no code",
    )
    event["order"]["customer"]["name"] = "Ann, CVV 737"
    fields = fields_of(event)
    assert [each.path for each in fields if each.outcome is FieldOutcome.AUTHENTICATION_DATA] == [
        "/order/customer/name",
        "/order/customFields/1/displayValue",
        "/order/customFields/1/value",
        "/order/customFields/2/*/displayValue",
        "/order/customFields/2/*/value",
        "/order/fieldsJson",
    ]
    assert {
        Field("/order/customer/name", FieldOutcome.TOKEN),
        Field("/order/customFields", FieldOutcome.UNKNOWN),
        Field("/order/fieldsJson", FieldOutcome.UNKNOWN),
    } <= set(fields)
    assert not [canary for canary in (*CANARIES, "737") if canary in str(fields)]


def test_the_summary_counts_what_is_removed_inside_a_field(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(order(customFields=[CUSTOM])))
    _, plain = run(str(file))
    assert "/order/customFields/*/displayValue\tauthentication_data\t\t1\n" in plain
    assert "2 removed" in plain


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["preview", *words])
    if isinstance(result.exception, CommandError):
        raise result.exception
    return result.exit_code, result.stdout


def test_lines_without_a_terminal_json_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(
        "".join(json.dumps(each) + "\n" for each in (order(), order(), order(total="Canaryname")))
    )
    code, out = run(str(file))
    assert code == 1
    assert "/order/customer/ssn\ttoken\tgovernment_id\t2\n" in out
    assert "\nline 3\tinvalid_field\t/order/total: " in out
    assert out.endswith("3 events would make 1 dead letter\n")
    assert not [canary for canary in CANARIES if canary in out]
    code, out = run(str(file), "--json")
    read = json.loads(out)
    assert (code, read["events"], read["refused"][0]["place"]) == (1, 3, "line 3")
    assert sum(read["coverage"].values()) == sum(each["seen"] for each in read["fields"])
    assert {
        "path": "/order/customer/ssn",
        "becomes": "token",
        "category": "government_id",
        "seen": 2,
    } in read["fields"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_taken(path: Path) -> None:
    assert run(str(path))[0] == 0


def test_a_file_that_cannot_be_read_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, why in (("none", "No such file"), ("empty", "there is nothing in it")):
        with pytest.raises(CommandError, match=why):
            run(str(tmp_path / name))


def test_a_terminal_gets_tables() -> None:
    command = [sys.executable, "-m", "ops", "preview", str(SAMPLES[0])]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "coverage" in done.stdout
    assert "┃" in done.stdout


def test_a_file_whose_events_are_all_refused_gets_no_empty_tables(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(order(total=1)))
    code, out = run(str(file))
    assert code == 1
    assert "becomes" not in out
    assert "invalid_field" in out
    file.write_text(json.dumps({**order(), "event_type": "order.lost"}))
    assert "\nknown: customer.updated 1, order.placed 1, " in run(str(file))[1]


def test_misspelt_fields_are_warned_of_and_counted(tmp_path: Path) -> None:
    event = order()
    item = event["order"]["items"][0]
    item["quantiti"] = item.pop("quantity")
    customer = event["order"]["customer"]
    customer["emial"] = customer.pop("email")
    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(event)}\n" * 2)
    out = run(str(file))[1]
    assert "/order/customer/emial\temail\t2\n/order/items/*/quantiti\tquantity\t2\n" in out
    assert json.loads(run(str(file), "--json")[1])["warnings"] == [
        {"path": "/order/customer/emial", "did_you_mean": "email", "seen": 2},
        {"path": "/order/items/*/quantiti", "did_you_mean": "quantity", "seen": 2},
    ]


def test_an_error_of_json_is_told_with_its_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(order()) + '\n{"a": 1, "a": 2}\n')
    assert (
        "line 2\tmalformed_json\tan object has the same key twice, at line 2, column 10\n"
        in run(str(file))[1]
    )


def test_each_number_in_the_place_of_a_text_is_told_how_to_send_it(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(order(total=77553, currency=True)))
    out = run(str(file))[1]
    assert "/order/currency: Input should be a valid string; " in out
    assert "/order/total: Input should be a valid string (a number: send it in quotes)\n" in out
    assert "77553" not in out


def test_every_outcome_is_counted_among_those_that_are_alike() -> None:
    assert OUTCOME_GROUPS.keys() == set(FieldOutcome)
    assert {
        group: {outcome for outcome in FieldOutcome if OUTCOME_GROUPS[outcome] is group}
        for group in OutcomeGroup
    } == {
        "public": {"public", "free_text", "fact", "empty"},
        "coarser": {"masked", "generalized"},
        "token": {"token", "guard_hit"},
        "consistent": {"consistent_token", "one_way_token", "format_preserving_token"},
        "unknown": {"unknown"},
        "removed": {"removed", "authentication_data"},
    }


def test_what_can_be_revealed_is_told() -> None:
    assert {outcome for outcome in FieldOutcome if Field("/email", outcome).category == "email"} == {
        *("token", "consistent_token", "format_preserving_token", "guard_hit", "unknown")
    }


def test_every_outcome_has_its_share_in_the_summary(tmp_path: Path) -> None:
    event = order(gift=1)
    event["order"]["payment"]["card"]["cvv"] = "123"
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    read = json.loads(run(str(file), "--json")[1])
    assert list(read["summary"]) == list(OutcomeGroup)
    assert sum(read["summary"].values()) == sum(read["coverage"].values())
    assert read["summary"]["removed"] == 1
    assert read["summary"]["unknown"] == read["coverage"]["unknown"]
    assert read["summary"]["consistent"] == read["coverage"]["consistent_token"]
    told = ", ".join(f"{seen} {share}" for share, seen in read["summary"].items())
    assert f"\nfields: {told}\n" in run(str(file))[1]


def decoded(text: str) -> Any:
    return json_text.parse(text.encode())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_asked_for_events_it_shows_each_raw_and_below_it_sanitized(path: Path) -> None:
    code, out = run(str(path), "--events")
    assert code == 0
    raw, shown = out.removeprefix("raw:\n").partition("\n}\npath\tbecomes")[0].split("\n}\nsanitized:\n")
    assert decoded(raw + "\n}") == json_text.parse(path.read_bytes())
    published = decoded(shown + "\n}")
    assert published["metadata"]["event_id"] == json_text.parse(path.read_bytes())["event_id"]
    assert "tok_" in shown


def test_asked_for_events_for_a_program_there_are_their_texts_with_all_digits(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    good = json.dumps(order(ratio="R")).replace('"R"', "1.500000000000000000001")
    file.write_text(f"{good}\n{json.dumps(order(total=1))}\n")
    code, out = run(str(file), "--events", "--json")
    (pair,) = json.loads(out)["sanitized"]
    assert (code, pair["place"], pair["raw"]) == (1, "line 1", good)
    published = decoded(pair["sanitized"])
    assert is_token(published["data"]["order"]["customer"]["email"])
    assert not [canary for canary in CANARIES if canary in pair["sanitized"]]
    assert "1.500000000000000000001" in run(str(file), "--events")[1]


def test_unasked_it_shows_no_event() -> None:
    assert "sanitized" not in json.loads(run(str(SAMPLES[0]), "--json")[1])
    assert "sanitized" not in run(str(SAMPLES[0]))[1]


@pytest.mark.parametrize(
    "character",
    ["\x7f", "\x9b", "\u202e", "\u2028", "\u200b", "\u061c", "\xa0", "\ufeff", "\U000e0041", "\ue000"],
)
def test_what_a_terminal_might_obey_is_written_as_an_escape(tmp_path: Path, character: str) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(order(notes=f"a{character}b\u00fc\u6771"), ensure_ascii=False))
    out = run(str(file), "--events")[1]
    assert character not in out
    assert json.dumps(character)[1:-1] in out
    assert "b\u00fc\u6771" in out
