"""Every case that others reported, each whole as it came and judged by what it says is right.

The cases stand beside the checkout, in `../shared/cases/`, and every file there is read. What a case says is right is a
sentence; each sentence has a judge here, and a case whose sentence has none fails.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record
from tokenizer.vault.tokens import is_token

CASES = Path(__file__).parents[4].parent / "shared" / "cases"
GUARD = Path("docs/guard.md").read_text(encoding="utf-8")
ABSENT = object()
IN_A_FOLDER = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not beside this checkout")


@dataclass(frozen=True)
class Seen:
    """Shows what became of a case: the field at its path in the event, the whole event, and all values in the vault."""

    case: dict[str, Any]
    event: dict[str, Any]
    vault: list[Any]

    @property
    def steps(self) -> list[str]:
        return str(self.case["path"]).strip("/").split("/")

    @property
    def field(self) -> Any:
        return at(self.event, self.steps)

    @property
    def beside(self) -> dict[str, Any]:
        """Returns the object that holds the field."""
        found = at(self.event, self.steps[:-1])
        assert isinstance(found, dict)
        return found


def at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, list):
            value = value[int(step)]
        else:
            value = value.get(step, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def is_shown(seen: Seen) -> bool:
    return bool(seen.field == seen.case["value"])


def is_swapped(seen: Seen) -> bool:
    return is_token(seen.field) and seen.case["value"] not in json.dumps(seen.event)


def is_kept(seen: Seen) -> bool:
    return is_swapped(seen) and seen.case["value"] in seen.vault


def has_no_digit_of_what_was_typed_behind(seen: Seen) -> bool:
    last4, behind = seen.beside.get("number_last4"), seen.case["value"].split()[-1]
    return is_token(seen.field) and last4 in {None, "1111"} and behind not in json.dumps(seen.vault)


def has_no_key(seen: Seen) -> bool:
    return seen.field is ABSENT and seen.steps[-1] not in json.dumps(seen.event)


def has_no_domain(seen: Seen) -> bool:
    return is_token(seen.field) and "email_domain" not in seen.beside


def is_coarser_or_swapped(seen: Seen) -> bool:
    return seen.field == seen.case["right"].partition(" or ")[0] or is_swapped(seen)


def has_no_subject(seen: Seen) -> bool:
    return seen.field is None and "customer_id" not in json.dumps(seen.event)


def is_documented_or_swapped(seen: Seen) -> bool:
    return is_swapped(seen) or f"`{seen.case['value']}`" in GUARD


JUDGES: dict[str, Callable[[Seen], bool]] = {
    r"shown": is_shown,
    r"token": is_swapped,
    r"token \(or docs/guard\.md's blind spots say so\)": is_swapped,
    r"token \(kept\)": is_kept,
    r"no number_last4 with any digit of \d+ \(1111 or absent\)": has_no_digit_of_what_was_typed_behind,
    r"key tokenized": has_no_key,
    r"no email_domain where it holds an own value": has_no_domain,
    r"\S+/\d+ or token": is_coarser_or_swapped,
    r"published without subject": has_no_subject,
    r"documented as a blind spot, or token": is_documented_or_swapped,
}


def judges_of(case: dict[str, Any]) -> list[Callable[[Seen], bool]]:
    return [judge for right, judge in JUDGES.items() if re.fullmatch(right, case["right"])]


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields every case of every file with a name for it."""
    for path in sorted(CASES.glob("*.json")) if CASES.is_dir() else ():
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.stem}-{number}: {case['kind']}", case


ALL = [pytest.param(case, id=name) for name, case in cases()]


@IN_A_FOLDER
def test_every_file_of_the_folder_has_cases() -> None:
    files = {path.name for path in CASES.iterdir()} - {"README.md"}
    assert files
    assert all(json.loads((CASES / name).read_text(encoding="utf-8")) for name in files)
    assert len(ALL) == sum(len(json.loads((CASES / name).read_text(encoding="utf-8"))) for name in files)


@pytest.mark.parametrize("case", ALL)
def test_a_case_is_right(case: dict[str, Any]) -> None:
    (judge,) = judges_of(case)
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(case["event"])], ample_budget())
    assert outcome.published, outcome
    (detail,) = world.bus.details()
    vault = [field.value for record in world.vault.stored.values() for field in record.fields.values()]
    seen = Seen(case, detail["data"], vault)
    assert judge(seen), (case["right"], seen.field)


@pytest.mark.parametrize("case", ALL)
def test_a_case_that_is_not_right_is_noticed(case: dict[str, Any]) -> None:
    """A pipeline that changes nothing has only those right that are to be shown, or are documented; one that hides all, not those."""
    (judge,) = judges_of(case)
    as_it_came = Seen(case, case["event"], [])
    # What was wrong with the guest was a letter, and in a letter there is no field to judge.
    documented = judge is is_documented_or_swapped and f"`{case['value']}`" in GUARD
    assert judge(as_it_came) is (documented or judge in {is_shown, has_no_subject})
    hidden = json.loads(json.dumps(case["event"]).replace(json.dumps(case["value"]), '"tok_"'))
    assert judge is not is_shown or not judge(Seen(case, hidden, []))
