"""`validate` and `preview` with the attributes of the message: a foreign body can be tried before it is sent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.app import app
from ops.errors import CommandError
from tests.support.fakes.world import World, ample_budget
from tests.support.further_types import example, put_in_force
from tests.support.webhooks import MODELS, message
from tokenizer.pipeline.catalog import ENVELOPE, Catalog

pytestmark = pytest.mark.slow

SAMPLE = Path("docs/examples/shop.order.1.json")
TOPIC, DELIVERY = "X-Shop-Topic=orders/create", "X-Shop-Webhook-Id=wh-1"
COMMANDS = ("validate", "preview")


@pytest.fixture(autouse=True)
def shop() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        put_in_force(patch, {**example(), **MODELS})
        yield


def catalog() -> Catalog:
    return Catalog({**example(), **MODELS})


def body(**changes: Any) -> dict[str, Any]:
    found = {name: value for name, value in json.loads(SAMPLE.read_text()).items() if name not in ENVELOPE}
    return found | changes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "webhook.json"
    path.write_text(json.dumps(body()))
    return path


def run(command: str, file: Path, *attributes: str, more: tuple[str, ...] = ()) -> tuple[int, str, str]:
    words = [word for each in attributes for word in ("--attribute", each)]
    result = CliRunner().invoke(app, [command, str(file), *words, *more])
    if isinstance(result.exception, CommandError):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_webhook_is_tried_with_its_attributes(command: str, file: Path) -> None:
    code, out, err = run(command, file, TOPIC, DELIVERY)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] in {"1 event, 0 invalid", "1 event would make 0 dead letters"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "held", ["[{0}, {0}]", "[{0}]", "{0}\n{0}", "\n{0}\n", "{0}{0}", "[]", "[", "{{", "{0}"]
)
def test_a_file_with_attributes_is_judged_as_the_queue_judges_the_message(
    command: str, file: Path, held: str
) -> None:
    file.write_text(held.format(json.dumps(body())))
    attributes = dict(each.split("=") for each in (TOPIC, DELIVERY))
    known = catalog()
    (outcome,) = World(catalog=known).tokenizer.tokenize_batch(
        [message(file.read_text(), attributes, known=known)], ample_budget()
    )
    code, out, _ = run(command, file, TOPIC, DELIVERY)
    assert code == (0 if outcome.published else 1)
    assert out.splitlines()[-1].startswith("1 event")
    if outcome.letter is not None:
        assert str(outcome.letter.code) in out


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_file_is_no_message(command: str, file: Path) -> None:
    file.write_text("\n")
    with pytest.raises(CommandError, match="there is nothing in it"):
        run(command, file, TOPIC, DELIVERY)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_line_is_a_message_if_that_is_asked_for(command: str, file: Path) -> None:
    file.write_text("\n".join(json.dumps(body(id=number)) for number in (1, 2)))
    _, out, _ = run(command, file, TOPIC, DELIVERY, more=("--lines",))
    assert out.splitlines()[-1] in {"2 events, 0 invalid", "2 events would make 0 dead letters"}


@pytest.mark.parametrize("command", COMMANDS)
def test_without_an_attribute_the_place_is_named(command: str, file: Path) -> None:
    code, out, _ = run(command, file, TOPIC)
    assert code == 1
    assert "attribute:X-Shop-Webhook-Id: a text or an integer is required for event_id" in out
    code, out, _ = run(command, file)
    assert code == 1
    assert "/event_type: a string is required, or in a foreign body one at" in out
    assert "attribute:X-Shop-Topic" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_topic_is_an_unknown_type_and_the_known_ones_are_listed(command: str, file: Path) -> None:
    code, out, _ = run(command, file, "X-Shop-Topic=orders/vanished", DELIVERY)
    assert code == 1
    assert "unknown_event_type" in out
    assert "attribute:X-Shop-Topic: no schema has this type" in out
    lines = out.splitlines()
    assert (
        "foreign bodies of shop.order 1 have orders/create or orders/updated at attribute:X-Shop-Topic"
        in lines
    )
    assert (
        "foreign bodies of web.order 1 have order.created or order.changed at /meta/topic, 2026-10 or 7 at /meta/api"
        in lines
    )
    assert "vanished" not in out


@pytest.mark.parametrize("command", COMMANDS)
def test_attributes_that_no_type_reads_are_named_once(command: str, file: Path) -> None:
    code, out, err = run(
        command, file, TOPIC, DELIVERY.lower(), "X-Trace=t-1", "Accept=*/*", more=("--json",)
    )
    assert code == 0
    assert json.loads(out)["events"] == 1
    assert err == (
        "note: left out Accept, X-Trace; event types read X-Shop-Topic, X-Shop-Webhook-Id, delivery, topic\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("word", ["X-Shop-Topic", "=orders/create", ""])
def test_an_attribute_has_a_name_and_a_value(command: str, file: Path, word: str) -> None:
    with pytest.raises(CommandError, match="takes a name and a value") as raised:
        run(command, file, word)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_an_attribute_is_given_once(command: str, file: Path) -> None:
    with pytest.raises(CommandError, match="twice"):
        run(command, file, TOPIC, TOPIC)


def test_places_and_positions_are_those_of_the_file(file: Path) -> None:
    file.write_text(
        "\n".join([json.dumps(body()), '{"id": 1,, "name": "x"}', json.dumps(body(total_price=5))])
    )
    code, out, _ = run("validate", file, TOPIC, DELIVERY, more=("--lines",))
    assert code == 1
    assert out.splitlines() == [
        f"{file}: line 2: malformed_json: not valid JSON, at line 2, column 10",
        (
            f"{file}: line 3: invalid_field: /total_price: Input should be a valid string"
            " (a number: send it in quotes)"
        ),
        "3 events, 2 invalid",
    ]


def test_a_misspelt_field_of_a_foreign_body_is_warned_of(file: Path) -> None:
    changed = body()
    changed["emial"] = changed.pop("email")
    file.write_text(json.dumps(changed))
    for attributes in ((TOPIC, DELIVERY), (TOPIC,)):
        out = run("validate", file, *attributes)[1]
        assert "warning: /emial: no schema names this field; did you mean email?" in out
        assert out.count("warning") == 2


def test_the_sanitized_event_has_its_envelope_from_the_attributes(file: Path) -> None:
    _, out, _ = run("preview", file, TOPIC, DELIVERY, more=("--events", "--json"))
    (pair,) = json.loads(out)["sanitized"]
    shown = json.loads(pair["sanitized"])
    assert shown["metadata"]["event_id"] == "wh-1"
    assert shown["data"]["wrapper"].startswith("tok_")
    assert json.loads(pair["raw"]).keys() == body().keys()
