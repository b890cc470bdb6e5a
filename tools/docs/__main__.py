"""Draws the pictures of docs/architecture.md, writes docs/reference.md and the table of modules: `python -m tools.docs`."""

from pathlib import Path

from local.emulator.template import load
from schemas.registry import registry
from schemas.released import released
from tools.docs.edges import edges
from tools.docs.mermaid import flowchart
from tools.docs.modules import tabled
from tools.docs.reference import reference
from tools.docs.views import VIEWS

ARCHITECTURE = Path("docs/architecture.md")
DEPLOY = Path("docs/deploy.md")
REFERENCE = Path("docs/reference.md")
SCHEMAS = Path("schemas/json")
TEMPLATE = Path("template.yaml")


def drawn(page: str, template: Path = TEMPLATE) -> str:
    """Returns a page with its pictures as the template has them.

    Raises:
        ValueError: the page has no place for a picture.
    """
    resources = load(template)["Resources"]
    arrows = edges(resources)
    for view in VIEWS:
        begin, end = f"<!-- picture: {view.name} -->\n", "<!-- /picture -->"
        before, found, after = page.partition(begin)
        if not found or begin in after:
            raise ValueError(f"the page has not one place for the picture {view.name}")
        rest = after[after.index(end) :]
        page = f"{before}{begin}```mermaid\n{flowchart(view, resources, arrows)}\n```\n{rest}"
    return page


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


if __name__ == "__main__":
    ARCHITECTURE.write_text(drawn(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
    DEPLOY.write_text(tabled(DEPLOY.read_text(encoding="utf-8"), TEMPLATE), encoding="utf-8")
    write_reference()
