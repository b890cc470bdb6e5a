import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.samples import CANARIES, data, order
from tokenizer.pipeline.catalog import catalog
from tokenizer.replay.outline import outline
from tools.schemas.samples import fields_of


def test_an_outline_tells_paths_types_and_lengths_and_no_value() -> None:
    told = outline(data(order(extra={"4111111111111111": [True, None, 1.5, {}, []]})))
    fields = {each["path"]: each for each in told["fields"]}
    assert fields["/order/customer/ssn"] == {"path": "/order/customer/ssn", "type": "string", "length": 16}
    assert [fields[f"/order/extra/*/{at}"]["type"] for at in range(5)] == [
        "boolean",
        "null",
        "number",
        "object",
        "array",
    ]
    assert not [canary for canary in CANARIES if canary in json.dumps(told)]
    assert "4111111111111111" not in json.dumps(told)


@pytest.mark.parametrize(
    "record",
    [
        {"name": "Zebedee", "zebedee": 1},
        # pragma: allowlist nextline secret
        {"a": [{"hunterzwei": {}}], "password": "hunterzwei"},
        {"c": "S-4711a", "s4711": {"S-4711a": 1}},
    ],
)
def test_a_key_that_is_one_of_the_records_values_is_not_shown(record: dict[str, Any]) -> None:
    paths = {step for each in outline(data(record))["fields"] for step in each["path"].split("/")}
    assert "*" in paths
    assert not paths & {"zebedee", "hunterzwei", "S-4711a"}


@pytest.mark.parametrize("path", sorted(Path("schemas/samples").glob("*.json")), ids=str)
def test_every_name_of_a_samples_field_is_shown(path: Path) -> None:
    event = json.loads(path.read_text())
    steps = {step for field in fields_of(catalog().plan(event).data) for step in field.split("/")[1:]}
    # Beside the sample's values: one of them may be a field's name.
    names = dict.fromkeys(sorted(steps - {"*"}))
    assert [each["path"] for each in outline(data(names))["fields"]] == [f"/{name}" for name in names]


def test_what_does_not_parse_has_a_length_and_a_reason() -> None:
    told = outline(b'{"canary":')
    assert told == {"bytes": 10, "json": False, "reason": "not valid JSON", "fields": []}


@pytest.mark.parametrize(("count", "shown"), [(499, 499), (500, 500), (501, 500), (10_000, 500)])
def test_an_outline_has_an_end(count: int, shown: int) -> None:
    assert len(outline(data([1] * count))["fields"]) == shown


@pytest.mark.parametrize(("length", "shown"), [(39, True), (64, True), (65, False)])
def test_a_key_longer_than_a_name_is_not_shown(length: int, shown: bool) -> None:
    (field,) = outline(data({"k" * length: 1}))["fields"]
    assert field["path"] == ("/" + "k" * length if shown else "/*")
