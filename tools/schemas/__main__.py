"""Writes what follows from the event models: `python -m tools.schemas`; with `release TYPE.VERSION` it ends a draft.

The files are the JSON Schemas, the consumers' kit, the AsyncAPI document, the sections of the templates that hold the
schema registry and the lake, and docs/reference.md. Either all are written or none is.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.released import FILE as RELEASED
from schemas.released import name_in, release, released, word_of
from tools.schemas.files import FOLDER, Refused, Written, generated, write

_USAGE = "make release EVENT=order.placed.1"


def main(arguments: Sequence[str], root: Path = Path()) -> int:
    """Writes all files and prints which ones that changed, or why none was written; returns the exit code.

    Args:
        arguments: none, or `release` and the event.
        root: the folder of the tree.
    """
    try:
        written = _release(arguments, root) if arguments else write(root)
    except Refused as refused:
        for fault in refused.faults:
            sys.stderr.write(f"error: {fault}\n")
        sys.stderr.write(f"hint: {refused.hint}\n")
        return 1
    # It loads every command of the product. Nobody has to wait for that to be told what is refused.
    from tools.docs.reference_page import REFERENCE, write_reference  # noqa: PLC0415

    changed = [*written.changed, *([REFERENCE] if write_reference(root) else [])]
    for done, places in (("wrote", changed), ("removed", written.removed)):
        for place in places:
            sys.stdout.write(f"{done} {place}\n")
    if not changed and not written.removed:
        sys.stdout.write("every file is already as the event models have it\n")
    return 0


def _release(arguments: Sequence[str], root: Path) -> Written:
    """Releases a draft as it is now; returns what that changed. To release an event again changes nothing."""
    folder = root / FOLDER
    try:
        _, word = arguments
        name = name_in(word)
    except ValueError:
        raise Refused(["which event, and which version of it?"], _USAGE) from None
    known = {name_in(place.stem) for place in generated()}
    if name not in known:
        drafts = ", ".join(map(word_of, sorted(known - released(folder)))) or "there is none"
        raise Refused([f"{word}: no model defines this event"], f"drafts: {drafts}")
    written = write(root)
    if name not in released(folder):
        release(folder, [name])
        written.changed.append(FOLDER / RELEASED)
    return written


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
