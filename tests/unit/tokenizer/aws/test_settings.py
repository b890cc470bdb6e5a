import pytest

from tokenizer.aws.settings import RevealSettings, TokenizeSettings
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POWERTOOLS_LOGGER_LOG_EVENT", "true"),
        ("POWERTOOLS_DEV", "1"),
        ("POWERTOOLS_DEBUG", "True"),
        ("POWERTOOLS_LOG_LEVEL", "DEBUG"),
        ("AWS_LAMBDA_LOG_LEVEL", "TRACE"),
    ],
)
def test_a_switch_that_would_print_values_stops_the_function(name: str, value: str) -> None:
    with pytest.raises(Configuration, match=name):
        RevealSettings.load(COMPLETE | {name: value})
