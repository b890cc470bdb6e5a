"""`order-tokenizer validate`: what is wrong with which event, by path and without a value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.app import app
from ops.errors import CommandError
from schemas.registry import registry
from tests.support.samples import CANARIES, order

SAMPLES = sorted(Path("schemas/samples").glob("*.json"))
QUOTES = " (a number: send it in quotes)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events"


def run(*words: str, given: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", *words], input=given)
    if isinstance(result.exception, CommandError):
        raise result.exception
    return result.exit_code, result.stdout


def test_every_sample_is_valid() -> None:
    assert {path.stem for path in SAMPLES} == {
        f"{each.event_type}.{each.schema_version}" for each in registry()
    }
    for path in SAMPLES:
        assert run(str(path)) == (0, "1 event, 0 invalid\n")


def test_findings_name_place_code_and_path_and_no_value(file: Path) -> None:
    wrong = order(total="Canaryname", currency="dollars")
    wrong["order"]["payment"]["card"]["number"] = 4111111111111111
    file.write_text("\n".join([json.dumps(order()), "", json.dumps(wrong), '{"Canaryname": ']))
    code, out = run(str(file))
    assert code == 1
    assert [line.split(": ")[1:4] for line in out.splitlines()[:-1]] == [
        ["line 3", "invalid_field", "/order/currency"],
        ["line 3", "invalid_field", "/order/total"],
        ["line 3", "invalid_field", "/order/payment/card/number"],
        ["line 4", "malformed_json", "not valid JSON, at line 4, column 15"],
    ]
    assert out.endswith("3 events, 2 invalid\n")
    assert not [canary for canary in CANARIES if canary in out]


def test_standard_input_and_json_output() -> None:
    content = json.dumps([order(), order(total=1)], indent=2).encode()
    code, out = run("-", "--json", given=content)
    told = json.loads(out)
    assert (code, told["events"], told["invalid"]) == (1, 2, 1)
    assert told["findings"] == [
        {
            "place": "element 2",
            "code": "invalid_field",
            "detail": f"/order/total: Input should be a valid string{QUOTES}",
        }
    ]


@pytest.mark.parametrize("content", [b"", b" \n\n", b"[", b'[{"a": 1}', b"[{} {}]", b"[\xff]", b"[1,]"])
def test_a_file_that_cannot_be_taken_apart_is_bad_usage(
    capsys: pytest.CaptureFixture[str], file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError, match=f"^{file}: ") as raised:
        run(str(file))
    assert raised.value.exit_code == 2


def test_a_missing_file_and_missing_words_are_bad_usage(file: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(str(file))
    assert run()[0] == 2


@pytest.mark.parametrize("change", [{"event_type": "order.lost"}, {"schema_version": 99}])
def test_the_known_events_are_listed_where_one_is_unknown(file: Path, change: dict[str, object]) -> None:
    file.write_text(json.dumps(order() | change))
    code, out = run(str(file))
    known = ", ".join(f"{each.event_type} {each.schema_version}" for each in sorted(registry()))
    assert code == 1
    _, listed, *foreign, counts = out.splitlines()
    assert (listed, counts) == (f"known: {known}", "1 event, 1 invalid")
    assert all(each.startswith("foreign bodies of ") for each in foreign)
    file.write_text(json.dumps(order(total=1)))
    assert "known: " not in run(str(file))[1]


def test_a_misspelt_field_is_warned_of_and_the_event_stays_valid(file: Path) -> None:
    event = order()
    customer = event["order"]["customer"]
    customer["emial"] = customer.pop("email")
    file.write_text(json.dumps(event))
    code, out = run(str(file))
    assert code == 0
    assert out.splitlines() == [
        f"{file}: warning: /order/customer/emial: no schema names this field; did you mean email?",
        "1 event, 0 invalid, 1 warning",
    ]
    code, out = run(str(file), "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "events": 1,
            "invalid": 0,
            "findings": [],
            "warnings": [{"place": "", "path": "/order/customer/emial", "did_you_mean": "email"}],
        },
    )


def test_an_invalid_event_is_warned_of_as_well(file: Path) -> None:
    event = order()
    event["order"]["Total"] = event["order"].pop("total")
    file.write_text(json.dumps(event))
    code, out = run(str(file))
    assert code == 1
    assert ": invalid_field: /order/total: " in out
    assert ": warning: /order/Total: no schema names this field; did you mean total?\n" in out


def test_an_error_of_json_is_told_with_its_place_in_the_file(file: Path) -> None:
    good = json.dumps(order(), indent=1)
    wide = order(notes="\u00e9\u00e9")
    wide["order"]["total"] = "CUT"
    cut = json.dumps(wide, ensure_ascii=False).partition('"CUT"')[0]
    for content, wanted in (
        (f"\n\n{good[:-1]},}}", f"line {good.count(chr(10)) + 3}, column 1"),
        (f"{json.dumps(order())}\n\n  {cut}\n", f"line 3, column {len(cut) + 2}"),
        (f'[\n  {good},\n  {{"\u00e9": 1, "a": 2, "a": 3}}]', f"line {good.count(chr(10)) + 3}, column 20"),
    ):
        file.write_text(content)
        code, out = run(str(file))
        assert code == 1
        assert f"{wanted}\n" in out, out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[", "element 1 of its list is not JSON, at line 1, column 2"),
        (b'\n[{"a": 1},\n {"b" 2}]', "element 2 of its list is not JSON, at line 3, column 7"),
        (b"[{} {}]", "its list breaks off after element 1, at line 1, column 5"),
        (b"[\n\xff]", "it is not UTF-8, at line 2, column 1"),
        (b"", "there is nothing in it"),
    ],
)
def test_where_a_list_breaks_off_is_told(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError) as raised:
        run(str(file))
    assert str(raised.value) == f"{file}: {told}"


def texts(value: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Yields each text of an event: its holder, its key there, and its path."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if isinstance(inner, str):
            yield value, key, f"{path}/{key}"
        elif isinstance(inner, dict | list):
            yield from texts(inner, f"{path}/{key}")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_number_in_the_place_of_a_text_is_told_how_to_send_it(path: Path) -> None:
    event = json.loads(path.read_text())
    asked = 0
    for wrong, advised in ((77553.75, True), (77553, True), (True, False), ([77553], False)):
        lines = []
        for holder, key, where in texts(event):
            before, holder[key] = holder[key], wrong
            lines.append((where, json.dumps(event)))
            holder[key] = before
        out = run("-", given="\n".join(line for _, line in lines).encode())[1]
        assert "77553" not in out
        for number, (where, _) in enumerate(lines, 1):
            told = f"-: line {number}: invalid_field: {where}: Input should be a valid string"
            if told in out:
                asked += 1
                assert (f"{told}{QUOTES}\n" in out) == advised
    assert asked >= 20


def test_a_wrapped_event_is_advised_too() -> None:
    cloud = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "order", "data": order(total=77553)}
    out = run("-", given=json.dumps(cloud).encode())[1]
    assert f"/order/total: Input should be a valid string{QUOTES}\n" in out
