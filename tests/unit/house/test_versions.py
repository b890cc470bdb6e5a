"""The layer, the template and the consumers' kit have one version, which is the newest of the changelog."""

import re
import tomllib

from local.emulator.template import load
from tests.support.source import ROOT

_ENTRY = re.compile(r"^## (\d+\.\d+\.\d+)$", re.MULTILINE)
TEMPLATE = load(ROOT / "template.yaml")
LAYER = TEMPLATE["Resources"]["TokenizerLayer"]["Properties"]


def entries() -> list[str]:
    return _ENTRY.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def of_project(name: str) -> str:
    version: str = tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]["version"]
    return version


def test_layer_kit_and_template_have_the_changelogs_newest_version() -> None:
    newest = entries()[0]
    assert of_project("pyproject.toml") == newest
    assert of_project("consumer/pyproject.toml") == newest
    assert TEMPLATE["Metadata"]["Version"] == newest
    assert LAYER["Description"].startswith(f"order-tokenizer {newest}:")


def test_the_changelogs_entries_go_back_in_time() -> None:
    versions = [tuple(map(int, each.split("."))) for each in entries()]
    assert versions == sorted(set(versions), reverse=True)
