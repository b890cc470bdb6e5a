"""Every way to tamper with a trail is found and named; what a crash leaves is not taken for tampering."""

import base64
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.audit.findings import Finding, Kind
from ops.audit.trail import TOLD, Day, check
from tests.support.fakes.trail import DAY, FakeTrail
from tokenizer.audit.lines import Head, Line, Place, seal

ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32


def trail() -> FakeTrail:
    made = FakeTrail()
    for chain, lines in ((ONE, 5), (TWO, 3), (THREE, 1)):
        made.write(chain, lines)
    return made


def key(chain: str, sequence: int) -> str:
    return Place(DAY, chain, sequence).object_key


def found(on: FakeTrail) -> list[tuple[str, int | None, Kind]]:
    return [(each.chain, each.sequence, each.kind) for each in findings(on)]


def findings(on: FakeTrail) -> list[Finding]:
    return [finding for day in check(on, [DAY]) for finding in day.findings]


def edited(body: bytes, **changes: Any) -> bytes:
    """Returns a line with other content, in canonical form; its hash and MAC are the old ones."""
    return json.dumps(json.loads(body) | changes, sort_keys=True, separators=(",", ":")).encode()


def rehashed(body: bytes, **changes: Any) -> bytes:
    """Returns a line with other content and the hash that belongs to it; its MAC is the old one."""
    document = {
        name: value for name, value in (json.loads(body) | changes).items() if name not in {"hash", "mac"}
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return edited(body, **changes, hash=sha256(text).hexdigest())


def test_a_whole_trail_is_told_with_its_figures() -> None:
    assert list(check(trail(), [DAY])) == [
        Day(
            DAY,
            chains=3,
            lines=9,
            first=f"{DAY}T10:00:01.000+00:00",
            last=f"{DAY}T10:00:05.000+00:00",
            locked_days=3653,
        )
    ]


@pytest.mark.parametrize(
    ("locks", "shortest"),
    [((10, 7, 9), 7), ((7, 9, 10), 7), ((10, None, 7), 7), ((0, 7, 10), 0), ((None, None), None)],
)
def test_a_day_tells_its_shortest_lock(locks: tuple[int | None, ...], shortest: int | None) -> None:
    day = Day(DAY)
    for each in locks:
        day.saw(None, each)
    assert day.locked_days == shortest


def test_each_line_is_counted_once_while_it_is_read() -> None:
    ticks: list[int] = []
    list(check(trail(), [DAY], ticks.append))
    assert ticks == [1] * 9


def _edit(on: FakeTrail) -> None:
    on.objects[key(ONE, 3)][0] = edited(on.objects[key(ONE, 3)][0], operator="nobody")


def _edit_and_hash(on: FakeTrail) -> None:
    on.objects[key(ONE, 3)][0] = rehashed(on.objects[key(ONE, 3)][0], operator="nobody")


def _edit_and_link(on: FakeTrail) -> None:
    body = rehashed(on.objects[key(ONE, 4)][0], operator="nobody")
    on.objects[key(ONE, 4)][0] = body
    on.objects[key(ONE, 5)][0] = rehashed(on.objects[key(ONE, 5)][0], previous=json.loads(body)["hash"])


def _reformat(on: FakeTrail) -> None:
    on.objects[key(TWO, 1)][0] += b"\n"


def _remove(*places: tuple[str, int]) -> Callable[[FakeTrail], None]:
    def remove(on: FakeTrail) -> None:
        for place in places:
            del on.objects[key(*place)]

    return remove


def _swap(on: FakeTrail) -> None:
    first, second = key(ONE, 2), key(ONE, 3)
    on.objects[first], on.objects[second] = on.objects[second], on.objects[first]


def _copy_from_another_chain(on: FakeTrail) -> None:
    on.objects[key(TWO, 2)][0] = on.objects[key(ONE, 2)][0]


def _move_to_another_day(on: FakeTrail) -> None:
    FakeTrail.write(on, THREE, 1, "2026-11-23")
    on.objects[key(THREE, 1)] = on.objects.pop(Place("2026-11-23", THREE, 1).object_key)
    on.ends[DAY, THREE] = on.ends.pop(("2026-11-23", THREE))


def _write_over(on: FakeTrail) -> None:
    on.objects[key(ONE, 4)].append(b"{}")


def _mark_deleted(on: FakeTrail) -> None:
    on.markers.add(key(ONE, 4))


def _mark_and_delete(on: FakeTrail) -> None:
    on.markers.add(key(ONE, 4))
    del on.objects[key(ONE, 4)]


def _unlock(on: FakeTrail) -> None:
    on.unlocked.add(key(TWO, 3))


def _append_with_s3_alone(on: FakeTrail) -> None:
    last = json.loads(on.objects[key(ONE, 5)][0])
    line = Line(Place(DAY, ONE, 6), last["time"], "reveal", "ann", {}, last["hash"])
    on.objects[key(ONE, 6)] = [seal(line, b"a key of the forger's")[1]]


def _new_chain_with_s3_alone(on: FakeTrail) -> None:
    """With another chain's wrapped key: it opens for that chain alone."""
    borrowed = json.loads(on.objects[key(ONE, 1)][0])["key"]
    line = Line(Place(DAY, "f" * 32, 1), f"{DAY}T10:00:00+00:00", "reveal", "ann", {}, None, borrowed)
    on.objects[key("f" * 32, 1)] = [seal(line, b"a key of the forger's")[1]]


def _no_key_at_all(on: FakeTrail) -> None:
    line = Line(Place(DAY, "f" * 32, 1), f"{DAY}T10:00:00+00:00", "reveal", "ann", {}, None, "no base64!")
    on.objects[key("f" * 32, 1)] = [seal(line, b"k")[1]]


def _relink(on: FakeTrail) -> None:
    """By somebody with the chain's own key, who leaves out what came before."""
    line = Line(Place(DAY, TWO, 3), f"{DAY}T10:00:00+00:00", "reveal", "ann", {}, "0" * 64)
    on.objects[key(TWO, 3)] = [seal(line, f"secret of {TWO}".encode())[1]]


def _leave_something(on: FakeTrail) -> None:
    on.objects[f"audit/{DAY}/{ONE}/0000000002.json.bak"] = [b"x"]


def _head(sequence: int, line_hash: str) -> Callable[[FakeTrail], None]:
    def put(on: FakeTrail) -> None:
        on.ends[DAY, ONE] = Head(sequence, line_hash)

    return put


def _no_head(on: FakeTrail) -> None:
    del on.ends[DAY, ONE]


def _set_back(on: FakeTrail) -> None:
    on.ends[DAY, ONE] = Head(3, json.loads(on.objects[key(ONE, 3)][0])["hash"])


TAMPERINGS: dict[str, tuple[Callable[[FakeTrail], None], list[tuple[str, int | None, Kind]]]] = {
    "an edited line": (_edit, [(ONE, 3, Kind.EDITED)]),
    "an edited line with the hash fixed": (_edit_and_hash, [(ONE, 3, Kind.FORGED)]),
    "an edited line with the next one's link fixed": (
        _edit_and_link,
        [(ONE, 4, Kind.FORGED), (ONE, 5, Kind.FORGED)],
    ),
    "one more byte": (_reformat, [(TWO, 1, Kind.EDITED)]),
    "a line removed in the middle": (_remove((ONE, 3)), [(ONE, 3, Kind.GAP)]),
    "lines removed in the middle": (_remove((ONE, 2), (ONE, 3)), [(ONE, 2, Kind.GAP)]),
    "the first line removed": (_remove((ONE, 1)), [(ONE, 1, Kind.GAP)]),
    "the last line removed": (_remove((ONE, 5)), [(ONE, 5, Kind.MISSING_END)]),
    "the last lines removed": (_remove((ONE, 4), (ONE, 5)), [(ONE, 4, Kind.MISSING_END)]),
    "a chain removed": (_remove((TWO, 1), (TWO, 2), (TWO, 3)), [(TWO, None, Kind.MISSING_CHAIN)]),
    "a chain of one line removed": (_remove((THREE, 1)), [(THREE, None, Kind.MISSING_CHAIN)]),
    "two chains removed": (
        _remove((TWO, 1), (TWO, 2), (TWO, 3), (THREE, 1)),
        [(TWO, None, Kind.MISSING_CHAIN), (THREE, None, Kind.MISSING_CHAIN)],
    ),
    "two lines swapped": (_swap, [(ONE, 2, Kind.MISPLACED), (ONE, 3, Kind.MISPLACED)]),
    "a line of another chain": (_copy_from_another_chain, [(TWO, 2, Kind.MISPLACED)]),
    "a chain of another day": (_move_to_another_day, [(THREE, 1, Kind.MISPLACED)]),
    "a line written over": (_write_over, [(ONE, 4, Kind.VERSIONS)]),
    "a line hidden": (_mark_deleted, [(ONE, 4, Kind.HIDDEN)]),
    "a line hidden and deleted": (_mark_and_delete, [(ONE, 4, Kind.HIDDEN)]),
    "a line without a lock": (_unlock, [(TWO, 3, Kind.UNLOCKED)]),
    "a line appended with S3 rights alone": (_append_with_s3_alone, [(ONE, 6, Kind.FORGED)]),
    "a chain made with S3 rights alone": (_new_chain_with_s3_alone, [("f" * 32, 1, Kind.FORGED)]),
    "a chain without a key": (_no_key_at_all, [("f" * 32, 1, Kind.FORGED)]),
    "a line that leaves out those before it": (_relink, [(TWO, 3, Kind.FORGED)]),
    "an object that is no line": (
        _leave_something,
        [(f"audit/{DAY}/{ONE}/0000000002.json.bak", None, Kind.FORGED)],
    ),
    "a head of another line": (_head(5, "0" * 64), [(ONE, 5, Kind.HEAD)]),
    "a head removed": (_no_head, [(ONE, None, Kind.HEAD)]),
    "a head set back": (_set_back, [(ONE, None, Kind.HEAD)]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_named_and_nothing_else_is_accused(name: str) -> None:
    tamper, expected = TAMPERINGS[name]
    on = trail()
    tamper(on)
    assert found(on) == expected
    (day,) = check(on, [DAY])
    assert day.broken == len(expected)


SAYS = {
    "lines removed in the middle": "lines 2 to 3 are missing",
    "a line removed in the middle": "line 3 is missing",
    "the last lines removed": "lines 4 to 5 are missing",
    "a chain removed": "lines 1 to 3 are missing: all of it",
    "a line of another chain": f"it is line 2 of chain {ONE} on {DAY}",
    "a line written over": "2 versions; the oldest is taken for the line",
    "a line hidden": "a delete marker lies over it; the line is still there",
    "a line hidden and deleted": "a delete marker lies over it; no version is left",
    "a head removed": "it is missing; a writer never goes on without it",
    "a head set back": "it names line 3 of 5; a writer never goes on without it",
}


def test_a_finding_says_which_lines_and_what_is_left_of_them() -> None:
    said = {}
    for name in SAYS:
        on = trail()
        TAMPERINGS[name][0](on)
        said[name] = findings(on)[0].what
    assert said == SAYS


@given(st.data())
def test_no_byte_of_any_line_can_be_changed_unseen(data: st.DataObject) -> None:
    on = trail()
    name = data.draw(st.sampled_from(sorted(on.objects)))
    body = bytearray(on.objects[name][0])
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[at]))
    on.objects[name][0] = bytes(body)
    assert found(on)


@given(st.data())
def test_no_set_of_lines_can_be_removed_unseen(data: st.DataObject) -> None:
    on = trail()
    for name in data.draw(st.sets(st.sampled_from(sorted(on.objects)), min_size=1)):
        del on.objects[name]
    assert found(on)


@pytest.mark.parametrize("acknowledged", [0, 1, 2])
def test_a_line_whose_writer_died_before_the_head_moved_is_no_tampering(acknowledged: int) -> None:
    on = trail()
    on.write("a" * 32, acknowledged + 1, acknowledged=acknowledged)
    (day,) = check(on, [DAY])
    assert (day.broken, day.unanswered) == (0, 1)


def test_each_writer_that_died_before_its_head_moved_is_counted() -> None:
    on = trail()
    for chain in "abc":
        on.write(chain * 32, 2, acknowledged=1)
    on.write("d" * 32, 2)
    (day,) = check(on, [DAY])
    assert (day.broken, day.unanswered) == (0, 3)


def test_a_writer_that_goes_on_while_the_trail_is_checked_is_no_tampering() -> None:
    class Growing(FakeTrail):
        def heads(self, day: str) -> Mapping[str, Head]:
            before = dict(super().heads(day))
            self.write(ONE, 9)
            self.write(TWO, 6)
            self.write("a" * 32, 4)
            self.write("b" * 32, 1)
            return before

    on = Growing()
    on.write(ONE, 5)
    on.write(TWO, 5)
    (day,) = check(on, [DAY])
    assert (day.lines, day.broken, day.unanswered) == (20, 0, 0)


def test_both_stores_falsified_together_is_not_seen_which_the_lock_is_there_to_prevent() -> None:
    on = trail()
    for sequence in (4, 5):
        del on.objects[key(ONE, sequence)]
    on.ends[DAY, ONE] = Head(3, json.loads(on.objects[key(ONE, 3)][0])["hash"])
    assert found(on) == []


def test_where_the_first_line_is_gone_the_rest_is_still_held_together_by_its_hashes() -> None:
    on = trail()
    del on.objects[key(ONE, 1)]
    on.objects[key(ONE, 4)][0] = rehashed(on.objects[key(ONE, 4)][0], operator="nobody")
    assert found(on) == [(ONE, 1, Kind.GAP), (ONE, 5, Kind.FORGED)]


def test_a_chain_of_lines_that_never_were_costs_no_memory() -> None:
    on = FakeTrail()
    on.write(ONE, TOLD + 50)
    on.unlocked = set(on.objects)
    (day,) = check(on, [DAY])
    assert (day.broken, len(day.findings)) == (TOLD + 50, TOLD)


def test_no_finding_repeats_what_a_line_says() -> None:
    on = trail()
    on.objects[key(ONE, 3)][0] = edited(on.objects[key(ONE, 3)][0], operator="canary")
    on.objects[key(TWO, 2)][0] = rehashed(on.objects[key(TWO, 2)][0], facts={"number": "canary"})
    assert len(findings(on)) == 2
    assert "canary" not in str(findings(on))


def test_a_wrapped_key_is_opened_as_it_was_stored() -> None:
    on = trail()
    stored = json.loads(on.objects[key(ONE, 1)][0])["key"]
    assert on.open_key(ONE, base64.b64decode(stored)) == f"secret of {ONE}".encode()
