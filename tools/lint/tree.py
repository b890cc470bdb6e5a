"""Lists the files that people wrote: the tree without what tools make there."""

from collections.abc import Iterator
from pathlib import Path

MADE = frozenset({"__pycache__", "build", "node_modules", "results"})


def files(root: Path) -> Iterator[Path]:
    """Returns relative paths, in order; git is not asked, so that a new file counts before it is added."""
    for path in sorted(root.iterdir()):
        if path.is_file():
            yield path.relative_to(root)
        elif not path.name.startswith(".") and path.name not in MADE and not path.name.endswith(".egg-info"):
            yield from (path.name / each for each in files(path))
