"""`python -m schemas.validate` says of every event what the tokenizer will say, by path and without a value."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from local.data.poison import poisons
from schemas.check import Fault, check
from schemas.dead_letter import ErrorCode
from schemas.files import Located, NoEventsError, events_in
from schemas.registry import registry
from schemas.validate import main
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, TOKEN_KEYS
from tests.support.property.events import Raw, raw_events
from tests.support.samples import CANARIES, order, stream_record
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Draft, Sanitizer

INTAKE = RecordReader(catalog(), Sanitizer(TOKEN_KEYS, SCOPE_KEYS, SUBJECT_KEYS))
POISONS = [each for each in poisons(seed=5) if each.code is not ErrorCode.TOO_LARGE]


def code_of(event: bytes) -> ErrorCode | None:
    try:
        check(event)
    except Fault as fault:
        return fault.code
    return None


@pytest.mark.parametrize("poison", POISONS, ids=lambda each: each.kind)
def test_poison_is_found_as_what_the_tokenizer_finds(poison: Any) -> None:
    verdict = INTAKE.read(stream_record(poison.data)).verdict
    assert isinstance(verdict, BadRecord)
    assert code_of(poison.data) == poison.code == verdict.code


@given(raw_events())
@settings(max_examples=60)
def test_what_the_tokenizer_takes_is_valid(raw: Raw) -> None:
    event = json_text.dump(raw.event)
    taken = isinstance(INTAKE.read(stream_record(event)).verdict, Draft)
    assert (code_of(event) is None) == taken


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def test_every_sample_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    paths = sorted(Path("schemas/samples").glob("*.json"))
    assert {path.stem for path in paths} == {
        f"{each.event_type}.{each.schema_version}" for each in registry()
    }
    for path in paths:
        assert run(capsys, str(path)) == (0, "1 events, 0 invalid\n", "")


def test_findings_name_place_code_and_path_and_no_value(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    wrong = order(total="Canaryname", currency="dollars")
    wrong["order"]["payment"]["card"]["number"] = 4111111111111111
    file.write_text("\n".join([json.dumps(order()), "", json.dumps(wrong), '{"Canaryname": ']))
    code, out, err = run(capsys, str(file))
    assert (code, err) == (1, "")
    assert [line.split(": ")[1:4] for line in out.splitlines()[:-1]] == [
        ["line 3", "invalid_field", "/order/currency"],
        ["line 3", "invalid_field", "/order/total"],
        ["line 3", "invalid_field", "/order/payment/card/number"],
        ["line 4", "malformed_json", "not valid JSON"],
    ]
    assert out.endswith("3 events, 2 invalid\n")
    assert not [canary for canary in CANARIES if canary in out]


def test_standard_input_and_json_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.TextIOWrapper(io.BytesIO(json.dumps([order(), order(total=1)], indent=2).encode()))
    monkeypatch.setattr("sys.stdin", content)
    code, out, _ = run(capsys, "-", "--json")
    told = json.loads(out)
    assert (code, told["events"], told["invalid"]) == (1, 2, 1)
    assert told["findings"] == [
        {
            "place": "element 2",
            "code": "invalid_field",
            "detail": "/order/total: Input should be a valid string",
        }
    ]


@pytest.mark.parametrize("content", [b"", b" \n\n", b"[", b'[{"a": 1}', b"[{} {}]", b"[\xff]", b"[1,]"])
def test_a_file_that_cannot_be_taken_apart_is_bad_usage(
    capsys: pytest.CaptureFixture[str], file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    code, _, err = run(capsys, str(file))
    assert code == 2
    assert err.startswith(f"error: {file}: ")
    assert "\nhint: " in err


def test_a_missing_file_and_missing_words_are_bad_usage(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    assert run(capsys, str(file))[0] == 2
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2


def found(content: bytes, *, lines: bool = False) -> list[Located]:
    return list(events_in(io.BytesIO(content), lines=lines))


def test_one_event_a_list_and_lines_are_told_apart() -> None:
    assert found(b'{"a":1}\n') == [Located("", b'{"a":1}')]
    assert found(b'{\n "a": 1\n}\n') == [Located("", b'{\n "a": 1\n}\n')]
    assert found(b'\n[{"a":1.10},\n 2]') == [Located("element 1", b'{"a":1.10}'), Located("element 2", b"2")]
    assert found(b"[]") == []
    assert found(b'{"a":1}\n\n{"b"\n') == [Located("line 1", b'{"a":1}'), Located("line 3", b'{"b"')]
    assert found(b'{"a"\n{"b":2}\n', lines=True) == [
        Located("line 1", b'{"a"'),
        Located("line 2", b'{"b":2}'),
    ]


def test_a_list_keeps_what_is_ambiguous_for_the_check_to_find() -> None:
    (element,) = found(b'[{"a": 1, "a": 2}]')
    with pytest.raises(Fault, match="same key twice"):
        check(element.data)


def test_a_list_that_breaks_off_tells_where() -> None:
    with pytest.raises(NoEventsError, match="after element 1"):
        found(b"[{} {}]")
