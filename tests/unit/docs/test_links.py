"""Each link of the documentation leads somewhere: to a file, and to a heading in it where it names one."""

import re
from pathlib import Path

import pytest

PAGES = [
    *sorted(Path().glob("*.md")),
    Path("consumer/README.md"),
    *sorted(Path("docs").glob("*.md")),
    *sorted(Path("docs/decisions").glob("*.md")),
]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def broken(page: Path, text: str) -> list[str]:
    found = []
    for link in _LINK.findall(_CODE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_link_leads_somewhere(page: Path) -> None:
    assert not broken(page, page.read_text())


@pytest.mark.parametrize("link", ["docs/nowhere.md", "docs/guard.md#nowhere", "#nowhere"])
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    assert broken(Path("README.md"), f"[x]({link})") == [link]


def test_every_page_is_named_where_pages_are_listed() -> None:
    listed = set(_LINK.findall(Path("docs/README.md").read_text()))
    assert {each.name for each in Path("docs").glob("*.md")} - {"README.md"} <= listed
