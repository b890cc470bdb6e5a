"""docs/keys.md and docs/recovery.md name tests, parameters and commands that exist."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.emulator.package import ROOT
from local.emulator.template import load
from ops.rekey.cli import app

PAGE = (ROOT / "docs/keys.md").read_text()
RECOVERY = (ROOT / "docs/recovery.md").read_text()
NAMED = sorted(set(re.findall(r"tests/[\w/]+\.py", PAGE + RECOVERY)))


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_a_page_names_exists(name: str) -> None:
    assert Path(name).exists()


@pytest.mark.parametrize(
    "title",
    ["Another vault key", "Another token key, another subject key", "Back from a recovery point"],
)
def test_each_procedure_has_its_test_in_the_table_at_the_end(title: str) -> None:
    assert f"## {title}\n" in PAGE
    anchor = title.lower().replace(",", "").replace(" ", "-")
    shown = PAGE.partition("## Shown by")[2].splitlines()
    assert [row for row in shown if f"](#{anchor})" in row and "`tests/" in row]


def test_each_parameter_that_a_deployment_is_given_is_the_templates() -> None:
    parameters = load(ROOT / "template.yaml")["Parameters"]
    given = set(re.findall(r"\b([A-Z]\w+)=", PAGE + RECOVERY)) - {"REKEY_ORDERS"}
    assert len(given) >= 4
    assert given <= set(parameters)


@pytest.mark.parametrize("command", ["run", "status", "restore"])
def test_each_command_is_there_and_says_what_it_takes(command: str) -> None:
    assert re.search(rf"rekey (--stack \S+ )?(--role-arn \S+ )?{command}\b", PAGE + RECOVERY)
    result = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "--json" in result.stdout


def test_every_kms_key_of_the_template_is_in_the_inventory() -> None:
    resources = load(ROOT / "template.yaml")["Resources"]
    keys = {name for name, each in resources.items() if each["Type"] == "AWS::KMS::Key"}
    rows = {
        "VaultKey": "vault key (blue",
        "VaultKeyGreen": "or green)",
        "LetterKey": "letter key",
        "TokenKey": "token KMS key",
        "AuditKey": "audit key",
        "FingerprintKey": "fingerprint key",
    }
    assert keys == rows.keys()
    assert [row for row in rows.values() if row not in PAGE] == []
