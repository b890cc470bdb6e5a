"""A Chromium of the machine's own for the tests of pages; Playwright's downloads of browsers are not used."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

REQUIRED = "CI_BROWSER"  # set by .ci/run: there a missing browser is a failure
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# As root in a container there is no sandbox to have; the rest keeps a closed network quiet.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


def chromium() -> str | None:
    """Returns the path of a Chromium, None if there is none on the PATH."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def needed() -> str:
    """Returns the path of a Chromium. Without one the test is skipped, or fails if `CI_BROWSER` is set."""
    found = chromium()
    if found is None:
        missing = f"no Chromium on the PATH ({', '.join(_NAMES)}): apt-get install chromium"
        if os.environ.get(REQUIRED):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return found


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Yields a headless browser for as long as a block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
