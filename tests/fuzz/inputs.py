"""Makes the inputs of parsers: the seeds of `corpus/`, whole, with bytes broken, or with things moved."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tokenizer.pipeline.kpl import MAGIC

CORPUS = Path(__file__).parent / "corpus"
MARK = "zqcanaryqz"  # stands for a sensitive value: nobody may be told it
NUMBER = 7700770077007700  # the same, as a number

_DEEP: Any = MARK
for _ in range(150):
    _DEEP = [_DEEP]

ATOMS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, 10**400, NUMBER, 0.1, float("inf"), float("-inf"), float("nan"), 1e300,
    "", " ", MARK, f"{MARK}@example.com", str(NUMBER), "\ud800" + MARK, "\x00", "9" * 5000, "١٢٣", "-5", "1e9", "0x10", "NaN",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "2026-11-23", "tok_" + "7" + "z" * 25, "tok_" + "0" * 26,
    "é" * 40, "\u2028", "/", "~", "~2", "/-", "/0", "a/b", [], {}, [MARK], {MARK: MARK}, {"": MARK}, _DEEP, [[]] * 120,
)  # fmt: skip
PIECES = (
    b"", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\", b"\\ud800", b"\\u0000", b"[" * 20000, b'{"a":' * 300, b"]", b"}",
    b",", b":", b"NaN", b"1e999999999999", b"9" * 6000, b"-", MAGIC, MARK.encode(), b"tok_", b"\xd9\xa1", b"\n", b"\x1f\x8b", b"\xc2\x85",
)  # fmt: skip


def seeds(target: str) -> list[bytes]:
    """Returns the inputs of a target that are kept as files, in order."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


@st.composite
def documents(draw: st.DrawFn, target: str) -> bytes:
    """JSON like the seeds', with up to four places changed, then up to two bytes' worth of damage."""
    seed = draw(st.sampled_from(seeds(target)))
    try:
        document = json.loads(seed)
    except (ValueError, RecursionError):
        return draw(damaged(seed))
    for _ in range(draw(st.integers(0, 4))):
        document = _changed(draw, document)
    return draw(damaged(json.dumps(document).encode()))


@st.composite
def texts(draw: st.DrawFn, target: str) -> bytes:
    """Returns the bytes like the seeds', damaged."""
    return draw(damaged(draw(st.sampled_from(seeds(target)))))


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Returns the bytes with up to two pieces cut out and others put in."""
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        data = data[:start] + piece + data[end:]
    return data


def _changed(draw: st.DrawFn, document: Any) -> Any:
    """Returns the document with one of its places changed, added, or taken away; the whole of it is a place, too."""
    document = copy.deepcopy(document)
    places = [(None, None), *_places(document)]
    holder, step = draw(st.sampled_from(places))
    atom = draw(st.sampled_from(ATOMS))
    if holder is None:
        return atom if draw(st.integers(0, 9)) == 0 else document
    match draw(st.sampled_from(("swap", "remove", "add"))):
        case "swap":
            holder[step] = atom
        case "remove":
            del holder[step]
        case _ if isinstance(holder, dict):
            holder[draw(st.sampled_from(("x", MARK, "a/b", "", "\ud800", "cvv")))] = atom
        case _:
            holder.append(atom)
    return document


def _places(node: Any) -> list[tuple[Any, Any]]:
    steps = (
        list(node.items())
        if isinstance(node, dict)
        else list(enumerate(node))
        if isinstance(node, list)
        else []
    )
    return [(node, step) for step, _ in steps] + [place for _, inner in steps for place in _places(inner)]
