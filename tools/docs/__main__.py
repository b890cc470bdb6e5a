"""Draws the pictures of docs/architecture.md, writes docs/reference.md and the table of modules: `python -m tools.docs`."""

from pathlib import Path

from local.emulator.template import load
from tools.docs.edges import edges
from tools.docs.mermaid import flowchart
from tools.docs.modules import tabled
from tools.docs.reference_page import TEMPLATE, write_reference
from tools.docs.views import VIEWS

ARCHITECTURE = Path("docs/architecture.md")
DEPLOY = Path("docs/deploy.md")


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


if __name__ == "__main__":
    ARCHITECTURE.write_text(drawn(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
    DEPLOY.write_text(tabled(DEPLOY.read_text(encoding="utf-8"), TEMPLATE), encoding="utf-8")
    write_reference()
