"""Tests that `make schemas` writes all or nothing, and that only a released event is held to what it was."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.registry import registry
from schemas.released import released
from tests.support.preloaded import Preloaded
from tests.support.source import ROOT
from tests.support.tree import copied, texts, typed

pytestmark = pytest.mark.slow

MODEL = '''
from typing import Annotated, Literal

from schemas.base import Envelope, Text
from schemas.kinds import Public, Token


class ParcelSent(Envelope):
    """Describes the raw event."""

    event_type: Annotated[Literal["parcel.sent"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    carrier: Annotated[Text, Public()]
    driver: Annotated[Text, Token()] | None = None
'''
SAMPLE = {
    "event_id": "e-1",
    "event_type": "parcel.sent",
    "schema_version": 1,
    "occurred_at": "2026-11-23T10:15:00Z",
    "carrier": "bike",
    "driver": "Ann Example",
    "route": "north",
}
FILE, SAMPLE_FILE = Path("schemas/events/parcel_sent_v1.py"), Path("schemas/samples/parcel.sent.1.json")
RAW = Path("schemas/json/raw/parcel.sent.1.json")
# The process that runs the tools of a tree, by the tree.
RUNNING: dict[Path, Preloaded] = {}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    tree = copied(tmp_path_factory.mktemp("tree"))
    (tree / FILE).write_text(MODEL)
    (tree / SAMPLE_FILE).write_text(json.dumps(SAMPLE))
    RUNNING[tree] = Preloaded(tree, ("boto3", "pydantic", "yaml"), {})
    assert make(tree) == ""
    yield tree
    RUNNING.pop(tree).close()


@pytest.fixture(scope="module")
def first(whole: Path) -> dict[Path, bytes]:
    return texts(whole)


@pytest.fixture
def tree(whole: Path, first: dict[Path, bytes]) -> Iterator[Path]:
    """Gives a tree with a draft in it, and puts everything back that a test changes there."""
    yield whole
    after = texts(whole)
    for path in after.keys() - first.keys():
        (whole / path).unlink()
    for path, content in first.items():
        if after.get(path) != content:
            (whole / path).write_bytes(content)


def make(tree: Path, *arguments: str) -> str:
    """Does what `make schemas` and `make release` do; returns the errors."""
    done = RUNNING[tree].run("tools.schemas", arguments)
    assert done.returncode == (1 if done.stderr else 0), done.stderr
    return done.stderr


def edit(tree: Path, path: Path, old: str, new: str) -> None:
    text = (tree / path).read_text()
    assert old in text
    (tree / path).write_text(text.replace(old, new))


def without_sample(tree: Path) -> None:
    (tree / SAMPLE_FILE).unlink()


def a_field(line: str) -> Callable[[Path], object]:
    return lambda tree: edit(tree, FILE, "    driver:", f"    {line}\n    driver:")


def with_another_of_the_same_bodies(tree: Path) -> None:
    said = '    foreign = Foreign("/id", "/topic", "/at", types=("parcel",))\n    event_type:'
    edit(tree, FILE, "    event_type:", said)
    edit(tree, FILE, "from schemas.kinds", "from schemas.foreign import Foreign\nfrom schemas.kinds")
    other = (tree / FILE).read_text().replace("parcel.sent", "parcel.lost")
    (tree / "schemas/events/parcel_lost_v1.py").write_text(other)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a field without a kind": (a_field("route: str | None = None"), "ParcelSent.route has no field kind"),
    "a kept CVV": (
        a_field("cvv: Annotated[Text, Token()] | None = None"),
        "ParcelSent.cvv: sensitive authentication data is never stored (3.3.1)",
    ),
    "a file without an event": (
        lambda tree: edit(tree, FILE, 'Literal["parcel.sent"]', "str"),
        "schemas/events/parcel_sent_v1.py: defines no event",
    ),
    "an event that is defined twice": (
        lambda tree: edit(tree, FILE, '"parcel.sent"', '"order.placed"'),
        "order.placed 1 is defined twice",
    ),
    "no sample": (without_sample, "schemas/samples/parcel.sent.1.json: is missing"),
    "a sample that is not full": (
        lambda tree: edit(tree, SAMPLE_FILE, '"Ann Example"', "null"),
        "schemas/samples/parcel.sent.1.json/driver: is not filled",
    ),
    "a sample without an unknown field": (
        lambda tree: edit(tree, SAMPLE_FILE, ', "route": "north"', ""),
        "schemas/samples/parcel.sent.1.json: holds no field that the schema doesn't name",
    ),
    "a sample of another event": (
        lambda tree: (tree / SAMPLE_FILE).write_text(
            (tree / "schemas/samples/order.placed.1.json").read_text()
        ),
        "schemas/samples/parcel.sent.1.json: its event_type and schema_version are those of another event",
    ),
    "a sample that is not valid": (
        lambda tree: edit(tree, SAMPLE_FILE, '"bike"', "7"),
        "schemas/samples/parcel.sent.1.json: invalid_field: /carrier: Input should be a valid string",
    ),
    "two names that are one column": (
        a_field("Carrier: Annotated[Text, Public()] | None = None"),
        "parcel.sent: /data/Carrier: the lake's columns have no case",
    ),
    "a name beside the one that the kit gives to another": (
        a_field("extra: Annotated[Text, Public()]\n    extra_: Annotated[Text, Public()]"),
        "parcel.sent 1: ParcelSent: a field of the kit can't be called extra beside extra_",
    ),
    "a name of the models' base class": (
        a_field("json: Annotated[Text, Public()] | None = None"),
        'Field name "json" in "ParcelSent" shadows an attribute in parent "Envelope"',
    ),
    "two types that would take the same body": (
        with_another_of_the_same_bodies,
        "foreign bodies of parcel.lost 1 and of parcel.sent 1 can't be told apart",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named_and_nothing_is_written(tree: Path, name: str) -> None:
    change, message = REFUSED[name]
    change(tree)
    before = texts(tree)
    errors = make(tree)
    assert f"error: {message}" in errors or message in errors.partition("\n")[0]
    assert "hint: docs/new-event-type.md" in errors
    assert texts(tree) == before


def test_every_fault_of_every_kind_is_named_in_one_run_a_line_each(tree: Path) -> None:
    edit(
        tree,
        FILE,
        "class ParcelSent(",
        "class Stop(EventModel):\n"
        '    """Describes a stop."""\n\n'
        "    cvv: Annotated[Text, Token()] | None = None\n"
        "    street: str\n\n\n"
        "class ParcelSent(",
    )
    edit(tree, FILE, "import Envelope, Text", "import Envelope, EventModel, Text")
    a_field(
        "stops: list[Stop] | None = None\n    route: str | None = None\n    pin: Annotated[Text, Token()]"
    )(tree)
    other = MODEL.replace("parcel.sent", "parcel.lost").replace("ParcelSent", "ParcelLost")
    other = other.replace(
        "    driver:",
        "    Carrier: Annotated[Text, Token()]\n    DRIVER: Annotated[Text, Token()]\n    extra_: Annotated[Text, Token()]\n"
        "    extra: Annotated[Text, Token()]\n    driver:",
    )
    (tree / "schemas/events/parcel_lost_v1.py").write_text(other)
    errors = [each for each in make(tree).splitlines() if each.startswith("error: ")]
    named = [
        *("ParcelSent.route has no field kind", "ParcelSent.pin: sensitive", "Stop.cvv: sensitive"),
        *(
            "Stop.street has no field kind",
            "parcel.lost 1: ParcelLost: a field of the kit can't be called extra",
        ),
        *("parcel.lost: /data/Carrier: the lake's", "parcel.lost: /data/driver: the lake's"),
        "samples/parcel.lost.1.json: is missing",
    ]
    assert len(errors) == len(named), errors
    assert [each for each in named if not any(each in error for error in errors)] == []


def test_names_in_camel_case_are_taken_at_every_depth(tree: Path) -> None:
    for path in (FILE, SAMPLE_FILE):
        edit(tree, path, "driver", "driverName")
    assert make(tree) == ""
    assert "driverName: Token" in (tree / "consumer/order_events/events/parcel_sent_v1.py").read_text()
    assert "data:struct<carrier:string,drivername:string>" in (tree / "stacks/lake.yaml").read_text()
    assert "driverName" in json.loads((tree / RAW).read_text())["properties"]


def test_a_draft_is_marked_in_the_reference(tree: Path) -> None:
    page = (tree / "docs/reference.md").read_text()
    assert "### parcel.sent 1\n\nA draft: " in page
    drafts = registry().keys() - released(ROOT / "schemas/json")
    assert page.count("A draft: ") == len(drafts) + 1


def test_a_draft_may_change_in_any_way_and_its_files_follow(tree: Path) -> None:
    edit(tree, FILE, "driver: Annotated[Text, Token()] | None = None", "driver: Annotated[Text, Public()]")
    assert make(tree) == ""
    assert "driver" in json.loads((tree / RAW).read_text())["required"]


def test_a_draft_may_vanish_and_its_files_with_it(tree: Path) -> None:
    (tree / FILE).unlink()
    assert make(tree) == ""
    assert [path for path in texts(tree) if "parcel" in path.name] == [SAMPLE_FILE]
    assert (
        "parcel.sent" not in (tree / "stacks/bus.yaml").read_text() + (tree / "docs/reference.md").read_text()
    )


def test_a_released_event_may_neither_change_nor_vanish(tree: Path) -> None:
    assert make(tree, "release", "parcel.sent.1") == ""
    page = (tree / "docs/reference.md").read_text()
    assert "### parcel.sent 1\n\n" in page
    assert "### parcel.sent 1\n\nA draft: " not in page
    released = texts(tree)
    edit(tree, FILE, "driver: Annotated[Text, Token()] | None = None", "driver: Annotated[Text, Token()]")
    assert "error: raw/parcel.sent.1.json/driver: is required now\n" in make(tree)
    (tree / FILE).unlink()
    assert "error: parcel.sent.1: is released, and has no model any more\n" in make(tree)
    (tree / FILE).write_bytes(released[FILE])
    (tree / RAW).unlink()
    assert "error: raw/parcel.sent.1.json: is released, and its file is gone\n" in make(tree)
    (tree / RAW).write_bytes(released[RAW])
    assert make(tree) == ""
    assert texts(tree) == released


def test_a_released_event_may_get_an_optional_field(tree: Path) -> None:
    assert make(tree, "release", "parcel.sent.1") == ""
    a_field("weight: Annotated[Text, Public()] | None = None")(tree)
    edit(tree, SAMPLE_FILE, '"route"', '"weight": "2 kg", "route"')
    assert make(tree) == ""


def test_what_changed_is_said(tree: Path) -> None:
    a_field("weight: Annotated[Text, Public()] | None = None")(tree)
    edit(tree, SAMPLE_FILE, '"route"', '"weight": "2 kg", "route"')
    command = (sys.executable, "-m", "tools.schemas")
    said = [typed(tree, *command).stdout]
    again = typed(tree, sys.executable, "-X", "importtime", *command[1:])
    said.append(again.stdout)
    assert " tools.docs.reference_page\n" in again.stderr
    assert "samtranslator" not in again.stderr, "the reference is written without the translator of templates"
    assert f"wrote {RAW}\n" in said[0]
    assert "wrote docs/reference.md\n" in said[0]
    assert "order.placed" not in said[0]
    assert said[1] == "every file is already as the event models have it\n"
    assert typed(tree, sys.executable, "-m", "tools.schemas", "release", "parcel.sent.1").stdout == (
        "wrote schemas/json/released.json\nwrote docs/reference.md\n"
    )
    (tree / RAW).unlink()
    edit(tree, Path("schemas/json/released.json"), '"parcel.sent.1"', '"order.placed.1"')
    (tree / FILE).unlink()
    gone = typed(tree, sys.executable, "-m", "tools.schemas").stdout.splitlines()
    assert "removed schemas/json/sanitized/parcel.sent.1.json" in gone
    assert all("parcel" in line for line in gone if line.startswith("removed "))


def test_a_draft_that_is_refused_is_not_released(tree: Path) -> None:
    without_sample(tree)
    before = texts(tree)
    assert "is missing" in make(tree, "release", "parcel.sent.1")
    assert texts(tree) == before


UNKNOWN = ("parcel.lost.1", "parcel.sent.2", "parcel.sent", "", "parcel.sent.x")
# None of them changes a model, so one process is asked for all.
_ASK = """
import sys
from tools.schemas.__main__ import main
for word in sys.argv[1:]:
    code = main(["release", *filter(None, [word])])
    print(f"exit {code}", file=sys.stderr)
"""


def test_what_no_model_defines_is_not_released(tree: Path) -> None:
    before = texts(tree)
    done = typed(tree, sys.executable, "-c", _ASK, *UNKNOWN)
    *told, rest = done.stderr.split("exit 1\n")
    assert [done.returncode, done.stdout, len(told), rest] == [0, "", len(UNKNOWN), ""], done.stderr
    for errors in told:
        assert errors.startswith("error: ")
        assert "hint: " in errors
    assert texts(tree) == before
