"""`python -m pictures`: draws the pictures of docs/architecture.md from template.yaml."""

from pathlib import Path

from local.template import load
from pictures.edges import edges
from pictures.mermaid import flowchart
from pictures.views import VIEWS

PAGE = Path("docs/architecture.md")
TEMPLATE = Path("template.yaml")


def drawn(page: str, template: Path = TEMPLATE) -> str:
    """A page with its pictures as the template has them.

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
    PAGE.write_text(drawn(PAGE.read_text()))
