"""Writes docs/reference.md. It loads nothing that only the other generated pages need, since `make schemas` writes it, too."""

from pathlib import Path

from local.emulator.template import load
from schemas.registry import registry
from schemas.released import released
from tools.docs.reference import reference

REFERENCE = Path("docs/reference.md")
SCHEMAS = Path("schemas/json")
TEMPLATE = Path("template.yaml")


def written(root: Path = Path()) -> str:
    """Returns the reference as template, schemas and Makefile have it.

    Args:
        root: the folder of the tree.
    """
    names = frozenset(registry()) - released(root / SCHEMAS)
    return reference(load(root / TEMPLATE), (root / "Makefile").read_text(encoding="utf-8"), names)


def write_reference(root: Path = Path()) -> bool:
    """Writes the one page that follows from the event models; returns True if that changed it."""
    path, text = root / REFERENCE, written(root)
    changed = path.read_text(encoding="utf-8") != text
    path.write_text(text, encoding="utf-8")
    return changed
