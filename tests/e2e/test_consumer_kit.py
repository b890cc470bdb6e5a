"""Tests the consumers' kit on events just captured, where nothing else of this repository is installed."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from local.emulator.stack import Stack
from order_events.testing import known
from tests.support.e2e.capture import captured, written

pytestmark = pytest.mark.e2e

KIT_TESTS = Path("tests/consumer")
STRANGERS = ("tokenizer", "handlers", "schemas", "local", "boto3", "pydantic")
ALONE = f"import importlib.util as u, order_events; print([n for n in {STRANGERS!r} if u.find_spec(n)])"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the Python of a new environment with the kit, and what its tests need."""
    folder = tmp_path_factory.mktemp("analyst")
    # A copy: building leaves files beside what it builds.
    shutil.copytree(
        "consumer", folder / "kit", ignore=shutil.ignore_patterns("*.egg-info", "build", "__pycache__")
    )
    uv = Path(sys.executable).with_name("uv")
    built_here = ["--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder)]
    subprocess.run([uv, "build", "--wheel", *built_here, str(folder / "kit")], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    found = folder / "venv" / "bin" / "python"
    (built,) = folder.glob("order_events-*.whl")
    assert "order_events/py.typed" in ZipFile(built).namelist()
    needed = [f"{built}[testing]", *(f"{name}=={version(name)}" for name in ("pytest", "jsonschema"))]
    quick = [str(uv), "pip", "install", "--quiet", "--python", str(found), *needed]
    if subprocess.run(quick, check=False).returncode:  # as in a set-up: where uv finds no index, pip may
        pip = [sys.executable, "-m", "pip", "--python", str(found)]
        subprocess.run([*pip, "install", "--quiet", *needed], check=True)
    return found


def test_the_kits_own_tests_pass_alone_on_events_of_the_stack(
    running: Stack, python: Path, tmp_path: Path
) -> None:
    events = captured(running)
    kinds = {(each["detail-type"], each["detail"]["metadata"]["schema_version"]) for each in events}
    assert kinds == set(known())
    shutil.copytree(KIT_TESTS, tmp_path / "kit_tests")
    (tmp_path / "kit_tests" / "captured.jsonl").unlink()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "AWS_"))}
    environment["ORDER_EVENTS_CAPTURED"] = str(written(tmp_path / "just_captured.jsonl", events))
    alone = subprocess.run(
        [python, "-c", ALONE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert alone.stdout.strip() == "[]"
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "kit_tests"]
    done = subprocess.run(
        [python, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
