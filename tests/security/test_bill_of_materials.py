"""The bill of materials that goes with the layer."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from local.emulator.package import ROOT
from tools.lint import locks, sbom

LOCK = ROOT / sbom.LOCK


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("layer") / "build/bill.json"
    sbom.write(path, LOCK)
    return path.read_text(encoding="utf-8")


def test_it_is_valid_by_the_schema_of_cyclonedx(bill: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_schema_tells_a_bill_that_is_none() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str('{"bomFormat": "CycloneDX"}') is not None


def test_it_names_every_package_of_the_runtime_lock_with_its_hashes_and_licence(bill: str) -> None:
    components = json.loads(bill)["components"]
    assert {each["name"]: each["version"] for each in components} == locks.names(LOCK)
    hashes = [each["externalReferences"][0]["hashes"] for each in components]
    assert sum(map(len, hashes)) == LOCK.read_text(encoding="utf-8").count("--hash=sha256:")
    assert all(each["licenses"] for each in components)


def test_two_bills_of_one_lock_are_the_same_bytes(bill: str, tmp_path: Path) -> None:
    sbom.write(tmp_path / "again.json", LOCK)
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == bill
