"""Checks that what is deployed is complete, starts from its own folders alone, works, and holds nothing else."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.built import Built
from tests.support.samples import CANARIES
from tools.build import checks, interpreter, layer, sizes
from tools.build.errors import BuildError
from tools.build.layer import LOCK, Architecture, Target
from tools.build.sources import handlers, services
from tools.lint import locks

pytestmark = pytest.mark.build

# For each handler, in a process of its own, the modules that it loads: where each came from, and whether its bytecode was there.
# Those of the layer that nearly all of them load are loaded once.
_LOADED = """
import importlib, json, os
for name in ("aws_lambda_powertools.logging", "boto3", "cryptography.hazmat.primitives.ciphers.aead", "pydantic"):
    importlib.import_module(name)
for folder, module in zip(sys.argv[1::2], sys.argv[2::2]):
    if pid := os.fork():
        assert os.waitpid(pid, 0)[1] == 0, module
        continue
    sys.path.insert(0, folder)
    importlib.import_module(module)
    found = [module for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
    caches = [getattr(module, "__cached__", None) or module.__file__ for module in found]
    pairs = [[module.__file__, os.path.exists(cache)] for module, cache in zip(found, caches)]
    print(json.dumps([module, pairs]), flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def loaded(built: Built) -> dict[str, list[tuple[str, bool]]]:
    words = [word for name, module in handlers().items() for word in (str(built.function(name)), module)]
    return dict(json.loads(line) for line in built.run([built.layer], _LOADED, *words).splitlines())


@pytest.fixture(scope="module")
def python(built: Built) -> Path:
    """Returns where the runtime's own modules are."""
    return Path(built.run([], "print(sys.base_prefix)").strip())


@pytest.mark.parametrize(("name", "module"), handlers().items())
def test_a_handler_starts_from_its_folder_and_the_layer_alone(
    built: Built, python: Path, loaded: dict[str, list[tuple[str, bool]]], name: str, module: str
) -> None:
    folders = [built.function(name), built.layer, python]
    elsewhere = [file for file, _ in loaded[module] if not any(Path(file).is_relative_to(f) for f in folders)]
    assert elsewhere == []
    ours = [(file, cached) for file, cached in loaded[module] if Path(file).is_relative_to(built.layer)]
    assert len(ours) > 100
    without = [file for file, cached in ours if not cached]
    assert len(without) < len(ours) / 20, without


def test_the_trimmed_layer_does_all_that_functions_do(built: Built, tmp_path: Path) -> None:
    for name in ("__init__.py", "support/samples.py", "support/fakes/__init__.py", "support/fakes/world.py"):
        copied = tmp_path / "tests" / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes((ROOT / "tests" / name).read_bytes())
    code = (ROOT / "tests/artifacts/core_path.py").read_text()
    assert built.run([built.layer, tmp_path], code, *sorted(services())).strip() == "works"


@pytest.mark.parametrize(("name", "module"), handlers().items())
def test_a_functions_folder_holds_its_handler_and_no_others(built: Built, name: str, module: str) -> None:
    own = built.function(name)
    files = {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()}
    mine, others = f"{module.replace('.', '/')}.py", set(handlers().values()) - {module}
    assert {mine, "handlers/__init__.py"} <= files
    assert not files & {f"{each.replace('.', '/')}.py" for each in others}
    assert all(file.startswith("handlers/") and file.endswith(".py") for file in files)


def test_no_test_code_no_secret_and_no_path_of_the_building_machine_is_shipped(built: Built) -> None:
    paths = [path for path in built.folder.rglob("*") if path.is_file()]
    names = [path.relative_to(built.folder) for path in paths]
    words = {"tests", "test", "testdata", "conftest.py", ".env", ".local", ".git", "samples", "credentials"}
    assert [str(name) for name in names if words & set(name.parts)] == []
    keys = (b"PRIVATE KEY-----\nM", b"AKIA", b"aws_secret_access_key=")
    hunted = [
        *keys,
        *(each.encode() for each in CANARIES if len(each) > 5),
        str(ROOT).encode(),
        str(Path.home()).encode() + b"/",
    ]
    own = [path for path in paths if path.relative_to(built.folder).parts[0] != "TokenizerLayer"]
    own += [
        path
        for package in ("tokenizer", "schemas", "policies")
        for path in (built.layer / package).rglob("*.*")
    ]
    assert [(path.name, word) for path in own for word in hunted if word in path.read_bytes()] == []
    compiled = [path for path in paths if path.suffix == ".pyc"]
    assert [path for path in compiled if str(built.folder).encode() in path.read_bytes()] == []


def test_the_layer_is_within_budget_and_for_one_processor(built: Built) -> None:
    checks.check_weight(sizes.unpacked(built.layer))
    assert checks.architectures(built.layer) == {Architecture.native()}


def test_the_layer_holds_the_very_versions_that_are_tested(built: Built) -> None:
    pinned = {
        line.split(" ")[0].replace("-", "_").lower()
        for line in LOCK.read_text().splitlines()
        if "==" in line[:60]
    }
    shipped = {
        path.name.removesuffix(".dist-info").replace("-", "==").lower()
        for path in built.layer.glob("*.dist-info")
    }
    assert shipped == pinned


def test_a_wheel_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "one.lock"
    lock.write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(BuildError) as raised:
        layer.build(tmp_path / "layer", Target(Architecture.ARM64), lock)
    assert "DO NOT MATCH THE HASHES" in raised.value.hint
    assert not (tmp_path / "layer/python/six.py").exists()


@pytest.mark.big
def test_where_uv_finds_no_index_pip_installs_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    lock = tmp_path / "some.lock"
    (line,) = [each for each in locks.lines(LOCK) if each.startswith("six==")]
    lock.write_text(f"{line}\n")
    monkeypatch.setattr(layer, "trim", lambda *_: None)  # there is nothing of it
    layer.build(tmp_path / "layer", Target(Architecture.ARM64), lock)
    assert (tmp_path / "layer/python/six.py").exists()


def test_the_makefile_builds_what_sam_asks_it_for(tmp_path: Path) -> None:
    target = {"ARTIFACTS_DIR": str(tmp_path)}
    command = ["make", "--makefile", str(ROOT / "Makefile"), "build-ReplayFunction"]
    subprocess.run(command, cwd=ROOT, env=os.environ | target, check=True, capture_output=True, timeout=600)
    assert sorted(each.name for each in (tmp_path / "handlers").iterdir()) == [
        "__init__.py",
        "invoker.py",
        "replay.py",
        "runtime.py",
    ]
    command = ["make", "--dry-run", "build-TokenizerLayer", "ARCH=x86_64"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | target, check=True, capture_output=True, text=True
    )
    assert f'-m tools.build layer --architecture x86_64 "{tmp_path}"' in done.stdout


def test_the_runtime_is_the_one_that_the_layer_is_built_for() -> None:
    template = load(ROOT / "template.yaml")
    runtime = f"python{interpreter.RUNTIME}"
    assert template["Globals"]["Function"]["Runtime"] == runtime
    assert template["Resources"]["TokenizerLayer"]["Properties"]["CompatibleRuntimes"] == [runtime]
