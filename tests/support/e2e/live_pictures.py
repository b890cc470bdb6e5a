"""`python -m tests.support.e2e.live_pictures`: takes the pictures of docs/live.md anew, on a stack of its own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from local.emulator import lifecycle
from tests.support.e2e.browser import chromium, launched

FOLDER = Path("docs/live")


def main() -> int:
    """Takes both pictures; returns 1 without a browser, or without the tool that makes them small."""
    path, quantizer = chromium(), shutil.which("pngquant")
    if path is None or quantizer is None:
        print(
            "error: Chromium and pngquant are needed\nhint: apt-get install chromium pngquant",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        running = lifecycle.running(Path(folder) / "stack", print, live=True)
        with running as on, launched(path) as browser:
            url = str(on.live_url)
            FOLDER.mkdir(exist_ok=True)
            _desk(browser, url)
            _phone(browser, url)
    pictures = sorted(map(str, FOLDER.glob("*.png")))
    return subprocess.run([quantizer, "--force", "--ext", ".png", *pictures], check=False).returncode


def _desk(browser: Browser, url: str) -> None:
    """An order's fields, its card's number under the pointer, and a letter that was refused again."""
    page = browser.new_page(viewport={"width": 1240, "height": 900}, reduced_motion="reduce")
    page.goto(url)
    page.get_by_label("Poison", exact=True).select_option("a field missing")
    page.get_by_role("button", name="Send poison").click()
    page.get_by_role("button", name="Replay order 1", exact=True).click()
    page.locator("#letters .result").wait_for()
    _send(page)
    page.locator("#fields tr[data-from='/order/payment/card/number'] td").first.hover()
    page.locator("#told:empty").wait_for(state="attached")
    page.screenshot(path=FOLDER / "order.png", full_page=True)
    page.close()


def _phone(browser: Browser, url: str) -> None:
    """The bus is stopped, and an order waits; in the dark, on 390 pixels."""
    page = browser.new_page(
        viewport={"width": 390, "height": 1180}, color_scheme="dark", reduced_motion="reduce"
    )
    page.goto(url)
    switch = page.get_by_role("switch", name="Stop the bus")
    switch.click()
    page.get_by_role("button", name="Send an order").click()
    page.get_by_text("calls refused so far").wait_for()
    page.locator("#told:empty").wait_for(state="attached")
    page.screenshot(path=FOLDER / "fault.png")
    switch.click()
    page.locator("[data-figure=waiting]").get_by_text("0", exact=True).wait_for()
    page.close()


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send an order").click()
    page.locator("#orders li").first.get_by_text("published").wait_for()
    page.locator("#fields tr[data-fate=token]").first.wait_for()


if __name__ == "__main__":
    sys.exit(main())
