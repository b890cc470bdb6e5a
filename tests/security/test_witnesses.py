"""Tests which tool finds which fault that AWS would refuse: each is planted into the template for all three tools."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from local.emulator.template import files, load, read
from tests.planted.bugs import Bug, bugs, place
from tests.support.security.cases import Stack, requests_of
from tests.support.security.simulated import cases, wrongly_decided
from tests.support.security.simulation import decide_all
from tools.lint import translated, validator
from tools.lint.settled import PARAMETER_SETS, Template, settled
from tools.lint.settled import translated as translate
from tools.lint.witness import Unavailable, may_skip

# Faults of the template that a witness sees; tests/security/test_on_aws.py sees all of them.
SEEN_BY: dict[str, set[str]] = {
    "unescaped_resource_path": {"validator"},
    "waits_for_conditional": {"validator", "translated"},
    "strict_trust_of_firehose": {"simulated"},
    "one_source_of_an_array": {"simulated"},
}


def of_template() -> list[Bug]:
    return [each for each in bugs(["refused"]) if each.files.endswith(".yaml")]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Returns the folder of a copy of the templates with each fault that a witness sees, and as they are."""
    folder = tmp_path_factory.mktemp("faulty")
    chosen = [each for each in of_template() if each.name in SEEN_BY]
    made = {bug.name: _copied(folder / bug.name, bug) for bug in chosen}
    return made | {"as it is": _copied(folder / "as it is", None)}


def _copied(folder: Path, bug: Bug | None) -> Path:
    """Copies the templates, with a bug in them if one is given."""
    for path in files(ROOT / "template.yaml"):
        copied = folder / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
    if bug is not None:
        changed = folder / place(bug, folder)
        changed.write_text(changed.read_text(encoding="utf-8").replace(bug.old, bug.new), encoding="utf-8")
    return folder


@cache
def _whole(folder: Path) -> Template:
    return translate(load(folder / "template.yaml"))


def settled_sets(template: Template) -> dict[str, Template]:
    return {name: settled(template, given) for name, given in PARAMETER_SETS.items()}


def shown_to(faulty: dict[str, Path], witness: str) -> dict[str, Path]:
    """Returns the copies that a witness is asked about: with the faults that it should see, and as it is."""
    return {name: each for name, each in faulty.items() if witness in SEEN_BY.get(name, {witness})}


def _by_validator(faulty: dict[str, Path]) -> set[str]:
    sets = {
        f"{fault}/{name}": each
        for fault, folder in faulty.items()
        for name, each in settled_sets(_whole(folder)).items()
    }
    numbered = {str(number): name for number, name in enumerate(sets)}
    found = validator.validated({number: sets[name] for number, name in numbered.items()})
    counted = [
        each for each in found if each["rule"] not in validator.WAIVED | validator.WAIVED_BY_PARAMETERS
    ]
    return {numbered[each["template"]].partition("/")[0] for each in counted}


def _by_linter(faulty: dict[str, Path]) -> set[str]:
    """Looks at the modules that have a fault, with it and without; `make lint` looks at every module, and at the whole."""
    modules = {bug.files for bug in of_template() if bug.name in faulty}
    found = translated.linted(
        {
            f"{name}, {Path(module).stem}": translate(read(folder / module))
            for name, folder in faulty.items()
            for module in modules
        }
    )
    return {
        name.partition(", ")[0]
        for name, each in found.items()
        if {one["Rule"]["Id"] for one in each} - set(translated.WAIVED)
    }


def _by_simulator(faulty: dict[str, Path]) -> set[str]:
    stacks = {name: Stack(settled_sets(_whole(each))["rekeying"]) for name, each in faulty.items()}
    tried = {name: cases(stack, "rekeying") for name, stack in stacks.items()}
    decided = decide_all([(stacks[name].policies, requests_of(some)) for name, some in tried.items()])
    return {
        name
        for (name, some), verdicts in zip(tried.items(), decided, strict=True)
        if wrongly_decided(some, verdicts)
    }


_WITNESSES = {"validator": _by_validator, "translated": _by_linter, "simulated": _by_simulator}


@pytest.mark.parametrize("witness", _WITNESSES)
def test_a_witness_sees_the_faults_that_it_is_there_for_and_none_in_the_template(
    faulty: dict[str, Path], witness: str
) -> None:
    try:
        told = _WITNESSES[witness](shown_to(faulty, witness))
    except Unavailable as missing:
        if not may_skip():
            raise
        pytest.skip(str(missing))
    assert told == {fault for fault, seen in SEEN_BY.items() if witness in seen}


def test_every_fault_of_the_review_is_planted() -> None:
    assert set(SEEN_BY) <= {each.name for each in of_template()}
    assert len(bugs(["refused"])) >= 12
