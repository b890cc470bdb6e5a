"""Without a browser the page's tests say so: they skip with what to install, and fail where one is required."""

import pytest

from tests.support.e2e import browser


@pytest.fixture(autouse=True)
def none_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv(browser.REQUIRED, raising=False)


def test_a_missing_browser_skips_a_test_and_names_what_to_install() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no Chromium .*apt-get install chromium"):
        browser.needed()


def test_a_missing_browser_fails_a_test_where_one_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browser.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        browser.needed()
