from dataclasses import MISSING, fields

import pytest

from tests.support.members import for_all
from tokenizer.aws.platform import settings
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
    loaded = RevealSettings.load(COMPLETE | {"DATA_KEY_MAX_ITEMS": "1"})
    assert (loaded.data_key_max_items, loaded.data_key_max_seconds) == (1, 300)


# What a function goes by where neither the template nor an operator says anything.
DATA_KEYS: dict[str, int | str] = {"data_key_max_items": 10_000, "data_key_max_seconds": 300}
DEFAULTS: dict[type[settings.Settings], dict[str, int | str]] = {
    settings.TokenizeSettings: {
        **DATA_KEYS,
        "raw_stream_hours": 7 * 24,
        "raw_queue_seconds": 14 * 86_400,
        "vault_retention_days": 0,
        "vault_lifetimes": "",
        "event_max_bytes": 256_000,
        "letter_max_bytes": 1024 * 1024,
        "max_receive_count": 5,
        "refusal_events": "false",
    },
    settings.AuditSettings: DATA_KEYS,
    settings.SignInSettings: {},
    settings.SignInKeysSettings: {},
    settings.VaultReaderSettings: {**DATA_KEYS, "vault_other_key_arns": ""},
    settings.RekeySettings: {**DATA_KEYS, "rekey_settle_seconds": 70},
    settings.VaultKeysSettings: {},
    settings.RevealSettings: {**DATA_KEYS, "vault_other_key_arns": ""},
    settings.HoneySettings: DATA_KEYS,
    settings.EraseSettings: {**DATA_KEYS, "event_max_bytes": 256_000},
    settings.ReplaySettings: DATA_KEYS,
    settings.TokenKeysSettings: {},
    settings.ApiSettings: {**DATA_KEYS, "allowed_origin": "", "max_body_bytes": 256 * 1024},
    settings.PaySettings: {**DATA_KEYS, "vault_other_key_arns": "", "payment_gateway": "none"},
    settings.OrdersSettings: {"orders_queue_seconds": 14 * 86_400},
}


@for_all(("group", "defaults"), DEFAULTS.items())
def test_every_default_is_what_it_was(group: type[settings.Settings], defaults: dict[str, int | str]) -> None:
    stated = {each.name: each.default for each in fields(group) if each.default is not MISSING}
    assert stated == defaults
    needed = {each.name.upper(): "x" for each in fields(group) if each.default is MISSING}
    loaded = group.load(needed)
    assert {name: getattr(loaded, name) for name in defaults} == defaults


def test_the_defaults_of_every_group_are_stated() -> None:
    groups = {
        each
        for each in vars(settings).values()
        if isinstance(each, type) and issubclass(each, settings.Settings)
    }
    assert DEFAULTS.keys() == groups - {settings.Settings, settings.DataKeySettings}


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
