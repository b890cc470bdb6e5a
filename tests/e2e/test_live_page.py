"""Tests the live page with a person at it: order, event, poison, letter, replay; by mouse, by keyboard, in the dark."""

import json
import re
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from local.emulator import lifecycle, server
from local.emulator.stack import Stack
from tests.support.e2e import browser as browsers
from tests.support.e2e.stack import PATIENCE, eventually

pytestmark = pytest.mark.e2e

MILLISECONDS = PATIENCE * 1000
NARROW = 360


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=MILLISECONDS)  # a function's start alone takes as long as it takes
    with browsers.launched(browsers.needed()) as browser:
        yield browser


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "stack"


@pytest.fixture(scope="module")
def reported() -> list[str]:
    """Returns what the start of the stack has told."""
    return []


@pytest.fixture(scope="module")
def served(directory: Path, reported: list[str]) -> Iterator[Stack]:
    """Yields a stack of the page's own, with its page."""
    with lifecycle.running(directory, reported.append, live=True) as started:
        yield started


@pytest.fixture
def page(chromium: Browser, served: Stack) -> Iterator[Page]:
    """Yields the page, opened and watching; whatever it says on the console fails the test."""
    assert served.live_url is not None
    said: list[str] = []
    opened = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(MILLISECONDS)
    opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: said.append(f"uncaught: {error.name}"))
    opened.goto(served.live_url)
    opened.get_by_text("watching", exact=True).wait_for()
    yield opened
    opened.close()
    assert said == []


def send(page: Page) -> Locator:
    """Sends an order; returns its line in the list."""
    before = page.locator("#orders li").count()
    page.get_by_role("button", name="Send an order").click()
    page.locator("#orders li").nth(before).wait_for()
    return page.locator("#orders li").first


def poison(page: Page, kind: str) -> Locator:
    """Sends a poison; returns its letter."""
    before = page.locator("#letters li").count()
    page.get_by_label("Poison", exact=True).select_option(kind)
    page.get_by_role("button", name="Send poison").click()
    page.locator("#letters li").nth(before).wait_for()
    number = page.locator("#orders li .number").first.inner_text()
    return page.locator("#letters li").filter(has_text=f"order {number}:")


def figure(page: Page, name: str) -> int:
    return int(page.locator(f"[data-figure={name}]").inner_text())


def row(page: Page, path: str) -> Locator:
    return page.locator(f"#fields tr[data-from='{path}']")


def violations(page: Page) -> list[str]:
    answer: dict[str, Any] = Axe().run(page).response
    return [f"{each['id']}: {node['html'][:120]}" for each in answer["violations"] for node in each["nodes"]]


def test_an_order_goes_in_and_its_event_comes_out_field_by_field(page: Page) -> None:
    expect(send(page)).to_contain_text("published")
    number = row(page, "/order/payment/card/number")
    expect(number).to_have_count(3)
    raw, token = number.first.locator("td").all()
    expect(raw).to_have_text(re.compile(r"^number[\d ]{13,}$"))
    expect(token).to_have_text(re.compile(r"^numbertok_\w{26}token$"))
    expect(number.nth(1)).to_contain_text(re.compile(r"number_last4\d{4}derived"))
    expect(number.nth(2)).to_contain_text(re.compile(r"number_brand\w+derived"))
    expect(row(page, "/order/customer/email").nth(1)).to_contain_text("derived")
    expect(row(page, "/order/customer/date_of_birth").nth(1)).to_contain_text("derived")
    expect(row(page, "/order/shipping_address/postal_code")).to_contain_text("shortened")
    removed = page.locator("#fields tr[data-fate=removed]")
    expect(removed.locator("td").first).to_have_text(re.compile(r"\d{3,4}$"))
    expect(removed.locator("td").last).to_have_text(re.compile(r"^\D+removed$"))


@pytest.mark.big
def test_a_field_under_the_pointer_is_marked_on_both_sides_with_the_facts_derived_from_it(page: Page) -> None:
    expect(send(page)).to_contain_text("published")
    number = row(page, "/order/payment/card/number")
    for cell in (number.first.locator("td").first, number.nth(1).locator("td").last):
        cell.hover()
        expect(page.locator("#fields tr.marked")).to_have_count(3)
        expect(number.first).to_have_class("marked")
    page.mouse.move(0, 0)
    expect(page.locator("#fields tr.marked")).to_have_count(0)


def test_a_poison_becomes_a_letter_is_still_refused_and_is_published_once_it_is_fixed(page: Page) -> None:
    before = {name: figure(page, name) for name in ("published", "lettered", "replayed")}
    letter = poison(page, "a field missing")
    order = page.locator("#orders li").first
    expect(letter.locator(".code")).to_have_text("invalid_field")
    expect(order).to_contain_text("dead letter")
    letter.get_by_role("button", name=re.compile("^Replay")).click()
    expect(letter).to_contain_text("Still refused. failed: invalid_field")
    assert figure(page, "replayed") == before["replayed"]
    letter.get_by_role("button", name="Fix and replay").click()
    expect(letter).to_have_count(0)
    expect(order).to_contain_text("published")
    expect(page.locator("#told")).to_have_text("Replayed, and published.")
    assert {name: figure(page, name) - before[name] for name in before} == {"published": 1, "lettered": 1, "replayed": 1}  # fmt: skip
    expect(page.get_by_role("heading", name="Dead letters")).to_be_focused()


@pytest.mark.big
def test_a_poison_that_nothing_fixes_shows_its_bytes_and_stays_refused(page: Page) -> None:
    letter = poison(page, "broken JSON")
    expect(letter.locator(".code")).to_have_text("malformed_json")
    expect(page.locator("#record pre")).to_contain_text('"event_type":"order.placed"')
    expect(letter.get_by_role("button")).to_have_count(1)
    letter.get_by_role("button").click()
    expect(letter).to_contain_text("Still refused. failed: malformed_json")


@pytest.mark.big
@pytest.mark.parametrize(("fault", "source"), [("Throttle the vault", "Kinesis"), ("Stop the bus", "SQS")])
def test_orders_wait_while_a_fault_is_on_and_come_through_when_it_is_off(
    page: Page, fault: str, source: str
) -> None:
    switch = page.get_by_role("switch", name=fault)
    switch.click()
    expect(switch).to_be_checked()
    page.get_by_label(source).check()
    order = send(page)
    expect(switch.locator("+ p")).to_have_text(re.compile(r"^On: [1-9]\d* calls refused"))
    expect(order).to_contain_text("waiting")
    switch.click()
    expect(switch).not_to_be_checked()
    expect(order).to_contain_text("published")
    expect(page.locator("[data-figure=waiting]")).to_have_text("0")


def test_the_keyboard_alone_sends_an_order_and_walks_through_its_fields(page: Page) -> None:
    before = figure(page, "sent")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the order")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Kinesis")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("SQS")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-figure=sent]")).to_have_text(str(before + 1))
    expect(page.locator("#orders li").first).to_contain_text("published")
    cells = page.locator("#fields tr").first.locator("td")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(cells.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#fields tr").nth(1).locator("td").last).to_be_focused()
    expect(page.locator("#fields tr").nth(1)).to_have_class("marked")
    expect(page.locator("#fields [tabindex='0']")).to_have_count(1)


def looks(page: Page) -> Iterator[tuple[str, int]]:
    """Shows the page in each colour scheme, wide and narrow; yields which."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme, width in product(schemes, (1280, NARROW)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        yield scheme, width


@pytest.mark.big
def test_axe_finds_nothing_with_orders_letters_and_a_fault_on_the_page(page: Page) -> None:
    poison(page, "a wrong type").get_by_role("button", name=re.compile("^Replay")).click()
    expect(page.locator("#letters")).to_contain_text("Still refused")
    switch = page.get_by_role("switch", name="Stop the bus")
    switch.click()
    waiting = send(page)
    expect(waiting).to_contain_text("waiting")
    for look in looks(page):
        assert violations(page) == [], look
    switch.click()
    expect(waiting).to_contain_text("published")
    for look in looks(page):
        row(page, "/order/payment/card/number").first.locator("td:visible").last.hover()
        assert violations(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth") <= look[1]


@pytest.mark.big
def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.evaluate("document.querySelector('#kind').labels[0].remove()")
    assert any(each.startswith("select-name") for each in violations(page))


def test_the_page_is_named_beside_the_endpoint_and_ends_with_the_stack(
    served: Stack, directory: Path, reported: list[str]
) -> None:
    """The last of this file, since it ends the stack."""
    state = json.loads((directory / "stack.json").read_text())
    assert state["live_url"] == served.live_url
    assert reported[-1] == f"live page: {served.live_url}"
    assert lifecycle.up(directory, reported.append, live=True) == served
    assert reported[-2].startswith("is up already")
    *_, page = pids = json.loads((directory / "pids.json").read_text())
    server.stop(page)
    assert lifecycle.load(directory) is None
    lifecycle.down(directory)
    assert eventually(lambda: not any(map(server.alive, pids)))
