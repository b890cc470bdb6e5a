"""The page's files: nothing that a policy would have to allow, and no way for a text to become HTML."""

import re
from pathlib import Path

import pytest

PAGE = Path("local/live/page")
FILES = sorted(PAGE.iterdir())
PICTURES = sorted(Path("docs/live").glob("*.png"))


def test_no_script_makes_html_of_a_text() -> None:
    risky = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser|srcdoc"
    )
    assert [path.name for path in FILES if risky.search(path.read_text())] == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    addresses = {
        (path.name, found)
        for path in FILES
        for found in re.findall(r"(?:https?:)?//[a-z][\w.]+\.[a-z]+[^\"' ]*", path.read_text())
    }
    assert addresses == {("icon.svg", "http://www.w3.org/2000/svg")}


def test_no_script_and_no_style_stands_in_the_page() -> None:
    page = (PAGE / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)


def test_the_pictures_of_the_page_are_small_and_shown() -> None:
    assert len(PICTURES) == 2
    text = Path("docs/live.md").read_text()
    assert all(path.stat().st_size < 200_000 and f"live/{path.name}" in text for path in PICTURES)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_a_script_imports_the_pages_own_alone(path: Path) -> None:
    names = re.findall(r'^import .* from "(.*)";$', path.read_text(), re.MULTILINE)
    assert all((PAGE / name.removeprefix("/")).is_file() for name in names)
