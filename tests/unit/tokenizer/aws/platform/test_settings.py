import pytest

from tokenizer.aws.platform.settings import RevealSettings, TokenizeSettings
from tokenizer.errors import Configuration

COMPLETE = {
    "VAULT_TABLE": "v",
    "VAULT_CRYPTO_NAME": "v",
    "VAULT_KEY_ARN": "k",
    "ALIAS_TABLE": "a",
    "SHARES_TABLE": "s",
    "ERASURES_TABLE": "e",
    "AUDIT_BUCKET": "b",
    "AUDIT_HEADS_TABLE": "h",
    "AUDIT_KEY_ARN": "k",
    "HONEY_TABLE": "h",
    "BUDGETS_TABLE": "b",
}


def test_defaults_stand_where_the_environment_is_silent() -> None:
    settings = RevealSettings.load(COMPLETE | {"DATA_KEY_MAX_ITEMS": "1"})
    assert (settings.data_key_max_items, settings.data_key_max_seconds) == (1, 300)


def test_everything_that_is_missing_or_wrong_is_named_at_once() -> None:
    with pytest.raises(Configuration) as caught:
        TokenizeSettings.load({"VAULT_TABLE": "v", "EVENT_MAX_BYTES": "many"})
    text = str(caught.value)
    assert "BUS_NAME is missing" in text
    assert "VAULT_KEY_ARN is missing" in text
    assert "EVENT_MAX_BYTES is no whole number" in text
    assert "VAULT_TABLE" not in text


# Every switch of Powertools and Lambda that prints events, requests or tracebacks, with every value that turns it on.
SWITCHES = {
    "POWERTOOLS_LOGGER_LOG_EVENT": ("true", "1"),
    "POWERTOOLS_DEV": ("true", "1"),
    "POWERTOOLS_DEBUG": ("true", "1"),
    "POWERTOOLS_LOG_LEVEL": ("debug",),
    "AWS_LAMBDA_LOG_LEVEL": ("debug", "trace"),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, spelled)
        for name, values in SWITCHES.items()
        for value in values
        for spelled in (value, value.upper(), value.title(), f" {value} ")
    ],
)
def test_a_switch_that_would_print_values_stops_the_function(name: str, value: str) -> None:
    with pytest.raises(Configuration, match=name):
        RevealSettings.load(COMPLETE | {name: value})


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["", "false", "0", "info", "INFO"])
def test_a_switch_that_is_off_is_let_be(name: str, value: str) -> None:
    assert RevealSettings.load(COMPLETE | {name: value}) == RevealSettings.load(COMPLETE)
