"""Tests that each planted bug fits one place of the product and has tests, and each kind at least three bugs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator.template import read
from tests.planted.bugs import BUGS, Bug, Unusable, bugs, place, selections
from tests.planted.scratch import Outcome, copy, planted, ready, rewritten
from tests.planted.templates import edited, whole

# Kinds of bugs that the tests once let through.
KINDS = {
    "sign_in": "who signs in, for how long, and what the API lets through",
    "tables": "an entry of a table of names or codes that no sample has",
    "events": "a rule, its target or the lake, and what gets lost or goes elsewhere there",
    "forms": "a form of a value that docs/guard.md claims to find",
    "functions": "a function's limits, its log, or what it shows",
    "identity": "who or what a record is",
    "denials": "a denial, or a condition, that does not do what it says",
    "kept": "data that is kept for too short or too long, or shown by a setting",
    "network": "a way in or out, or a place where nothing is reached",
    "partial": "a call that did a part of its work",
    "scope": "what a key, a budget or an index is for",
    "bounds": "a limit or a time, exactly at its edge",
    "alarms": "an alarm that does not ring, or rings for nothing",
    "permissions": "a role that may do more than it should",
    "queues": "a queue, the stream or a mapping that loses messages or shows them",
    "refused": "what AWS would refuse, or do otherwise, and the emulator does not",
    "blame": "what fails because of something else than its own fault",
    "unforeseen": "what is done about an error that nobody thought of",
    "versions": "what another release stored, or what happens while releases change",
    "releases": "a schema that is written or changed although it must not be",
    "wiring": "a parameter, a name or a variable that leads elsewhere",
}


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: f"{bug.kind}/{bug.name}")
def test_a_bug_can_be_planted_and_names_tests_that_exist(bug: Bug) -> None:
    path = place(bug)
    if bug.at:
        template = whole(path)
        assert edited(template, bug.at, bug.value) != template
        # A name that the module does not know would be noticed by whatever reads the template.
        assert (
            set(references(bug.value)) <= template["Resources"].keys() | template.get("Parameters", {}).keys()
        )
    selections(bug)


def references(node: object) -> Iterator[str]:
    """Yields what a value refers to: resources and parameters by their logical names."""
    if isinstance(node, dict):
        yield from (str(node["Ref"]),) if "Ref" in node else ()
        yield from (node["Fn::GetAtt"][0],) if "Fn::GetAtt" in node else ()
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_every_kind_has_three_bugs_and_more() -> None:
    counts = Counter(bug.kind for bug in bugs())
    assert counts.keys() <= KINDS.keys()
    assert {kind for kind in KINDS if counts[kind] < 3} == set()
    assert counts.total() >= 60


def test_names_are_unique() -> None:
    counts = Counter(bug.name for bug in bugs())
    assert {name for name, count in counts.items() if count > 1} == set()


def test_a_name_or_a_kind_chooses() -> None:
    (bug,) = bugs(["csc_dropped"])
    assert bug in bugs(["tables"])
    assert {each.kind for each in bugs(["tables"])} == {"tables"}


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(Unusable, match="no such bug or kind: nobody"):
        bugs(["nobody"])


def _bug(**changed: object) -> Bug:
    held: dict[str, object] = {
        "name": "b",
        "kind": "tables",
        "what": "",
        "old": "a = 1",
        "new": "a = 2",
        "tests": ("test_a",),
    }
    return Bug(**(held | changed))  # type: ignore[arg-type]  # each test gives what its field takes


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Returns a tree with one product file and one test that would notice another value in it."""
    for path, text in {
        "product/__init__.py": "",
        "product/one.py": "a = 1\nb = 3\n",
        "product/two.py": "b = 3\n",
        "tests/test_a.py": "from product.one import a\n\n\ndef test_value():\n    assert a == 1  # a = 1\n\n\ndef test_other():\n    pass\n",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_bug_is_planted_where_its_text_stands_and_taken_out_again(tree: Path) -> None:
    with planted(_bug(), tree):
        assert (tree / "product/one.py").read_text(encoding="utf-8") == "a = 2\nb = 3\n"
    assert (tree / "product/one.py").read_text(encoding="utf-8") == "a = 1\nb = 3\n"


TEMPLATE = """
Resources:
  Table: &Table
    Type: AWS::DynamoDB::Table
    Properties: {Name: !Ref Given, Protected: true}
  Other: *Table
  Policy:
    Statement:
      - {Sid: Read, Action: a}
      - {Sid: Write, Action: b}
"""


def _edit(at: str, **value: object) -> Bug:
    return _bug(old="", new="", at=f"Resources/{at}", **value)


@pytest.fixture
def stacked(tree: Path) -> Path:
    """Returns a tree with two templates, the resources in the second."""
    (tree / "stacks").mkdir()
    (tree / "template.yaml").write_text("Resources: {}\n", encoding="utf-8")
    (tree / "stacks/one.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tree


@pytest.mark.parametrize(
    ("bug", "changed"),
    [
        (_edit("Table/Properties/Protected", value=False), ("Table", "Properties", {"Name": {"Ref": "Given"}, "Protected": False})),
        (_edit("Table/Properties"), ("Table", "Properties", None)),
        (_edit("Table/Properties/Name/Ref", value="Else"), ("Table", "Properties", {"Name": {"Ref": "Else"}, "Protected": True})),
        (_edit("Policy/Statement/Write/Action", value="c"), ("Policy", "Statement", [{"Sid": "Read", "Action": "a"}, {"Sid": "Write", "Action": "c"}])),
        (_edit("Policy/Statement/0"), ("Policy", "Statement", [{"Sid": "Write", "Action": "b"}])),
        (_edit("Policy/Statement/+", value="d"), ("Policy", "Statement", [{"Sid": "Read", "Action": "a"}, {"Sid": "Write", "Action": "b"}, "d"])),
    ],
    ids=["a value", "a property that goes", "within a reference", "in a statement by its Sid", "a statement that goes", "a statement more"],
)  # fmt: skip
def test_a_weakness_is_planted_in_the_template_that_holds_its_resource(
    stacked: Path, bug: Bug, changed: tuple[str, str, object]
) -> None:
    name, part, value = changed
    with planted(bug, stacked):
        found = read(stacked / "stacks/one.yaml")["Resources"]
    assert found[name].get(part) == value
    assert found["Other"]["Properties"] == {"Name": {"Ref": "Given"}, "Protected": True}
    assert (stacked / "stacks/one.yaml").read_text(encoding="utf-8") == TEMPLATE


@pytest.mark.parametrize(
    ("bug", "reason"),
    [
        (_edit("Nowhere/Properties"), "in 0 templates"),
        (_edit("Table/Properties/Protected", value=True), "nothing changes"),
        (_edit("Table/Properties/Absent"), "nothing changes"),
        (_edit("Table/Absent/Absent", value=1), "Absent"),
        (_edit("Policy/Statement/Absent/Action", value="c"), "Absent"),
    ],
)
def test_a_weakness_that_does_not_fit_is_an_error(stacked: Path, bug: Bug, reason: str) -> None:
    with pytest.raises(Unusable, match=reason), planted(bug, stacked):
        pass


def test_templates_written_anew_say_the_same_and_come_back(stacked: Path) -> None:
    before = read(stacked / "stacks/one.yaml")
    with rewritten(stacked):
        assert (stacked / "stacks/one.yaml").read_text(encoding="utf-8") != TEMPLATE
        assert read(stacked / "stacks/one.yaml") == before
    assert (stacked / "stacks/one.yaml").read_text(encoding="utf-8") == TEMPLATE


@pytest.mark.parametrize(("old", "places"), [("b = 3", 2), ("c = 4", 0)])
def test_a_text_that_is_not_in_one_place_is_an_error(tree: Path, old: str, places: int) -> None:
    with pytest.raises(Unusable, match=f"stands in {places} places"):
        place(_bug(old=old), tree)


@pytest.mark.parametrize("test", ["test_b", "test_a::test_nothing"])
def test_a_test_that_does_not_exist_is_an_error(tree: Path, test: str) -> None:
    with pytest.raises(Unusable, match="is in 0 files"):
        selections(_bug(tests=(test,)), tree)


def test_the_copys_tests_run_on_the_copys_code(tree: Path) -> None:
    with ready(tree) as scratch:
        with planted(_bug(), tree):
            assert scratch.run(["tests/test_a.py::test_value"])[0] is Outcome.FAILED
            assert scratch.run(["tests/test_a.py::test_other"])[0] is Outcome.PASSED
            assert scratch.run(["tests/test_a.py::test_gone"])[0] is Outcome.BROKEN
        outcome, said = scratch.run(["tests/test_a.py"])
    assert (outcome, said.count("passed")) == (Outcome.PASSED, 1), said


def test_a_test_that_waits_for_too_long_has_noticed_something(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.planted.scratch._LIBRARIES", ())  # which the tests of this tree don't import
    (tree / "tests/test_b.py").write_text("import signal\n\n\ndef test_it():\n    signal.pause()\n")
    with ready(tree) as scratch:
        assert scratch.run(["tests/test_a.py"])[0] is Outcome.PASSED
        with monkeypatch.context() as patch:
            patch.setattr("tests.planted.scratch.TIMEOUT", 0.5)
            assert scratch.run(["tests/test_b.py"]) == (Outcome.FAILED, "waited for 0.5 s")
            assert scratch.run(["tests/test_a.py"], limit=60)[0] is Outcome.PASSED
        assert scratch.run(["tests/test_a.py"])[0] is Outcome.PASSED


def test_a_package_from_elsewhere_is_not_taken_for_the_copys(tree: Path) -> None:
    (tree / "json").mkdir()  # a name that the interpreter has imported already, from its own library
    (tree / "json/__init__.py").write_text("", encoding="utf-8")
    with ready(tree) as scratch:
        outcome, output = scratch.run(["tests/test_a.py"])
    assert outcome is not Outcome.PASSED, output


def test_a_scratch_copy_runs_the_tests_that_a_bug_names_and_goes_when_it_is_done(tmp_path: Path) -> None:
    (bug,) = bugs(["csc_dropped"])
    with copy(tmp_path / "tree") as tree:
        assert (tree / BUGS.relative_to(Path(__file__).parents[2]) / "tables/csc_dropped.toml").exists()
        assert not (tree / ".git").exists()
        with ready(tree) as scratch:
            outcome, said = scratch.run(selections(bug, tree))
            assert outcome is Outcome.PASSED, said
            with planted(bug, tree):
                assert scratch.run(selections(bug, tree))[0] is Outcome.FAILED
    assert not tree.exists()
