"""Plants weaknesses of every kind into copies of the tree; `make lint` or `make test` must find each.

`make lint` runs the checks of `tools/lint/`, ruff and detect-secrets, `make test` the promises of the template. That checkov still sees is
tried within `make lint` itself, on tools/lint/planted.yaml, since its environment belongs to it.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from local.emulator.package import ROOT
from tools.lint import cards, errors, licences, locks, logs, reprs
from tools.lint.source import PACKAGES, parsed

# What is put at the end of handlers/runtime.py, and who finds it.
SOURCE = {
    "a log line with a value": (logs.values_in_logs, "logger.info('batch', extra={'ids': record.data})"),
    "a value in the text of a log line": (logs.values_in_logs, "logger.info(f'got {record}')"),
    "a value under a new name": (logs.values_in_logs, "logger.warning('odd', email=customer.email)"),
    "logger.exception": (logs.values_in_logs, "logger.exception('failed')"),
    "a traceback by flag": (logs.values_in_logs, "logger.error('failed', exc_info=True)"),
    "a traceback by module": (logs.values_in_logs, "import traceback"),
    "a value as a metric's dimension": (
        logs.values_in_logs,
        "metric.add_dimension('customer', customer.email)",
    ),
    "a value in a trace": (logs.values_in_logs, "traces.add(stages, counts, [record.data])"),
    "the event in the log": (logs.values_in_logs, "logger.inject_lambda_context(log_event=True)"),
    "the text of a foreign error": (
        errors.foreign_texts,
        "def f():\n    try:\n        g()\n    except ValueError as error:\n        return str(error)",
    ),
    "a pydantic error with its input": (
        errors.pydantic_errors_with_inputs,
        "def f():\n    try:\n        g()\n    except ValidationError as error:\n        return error.errors()",
    ),
}

# What ruff finds, by rule, in a file of the product.
RUFF = {
    "an error swallowed": ("S110", "try:\n    f()\nexcept Exception:\n    pass\n"),
    "everything caught": ("E722", "try:\n    f()\nexcept:\n    g()\n"),
    "a password in the code": ("S105", 'password = "hunter2hunter2"\n'),
    "a shell": ("S602", 'import subprocess\nsubprocess.run("ls " + name, shell=True)\n'),
    "a print": ("T201", "print(record)\n"),
    "weak randomness": ("S311", "import random\ntoken = random.random()\n"),
}


def test_ten_and_more_kinds_are_planted() -> None:
    assert len(SOURCE) + len(RUFF) >= 10


@pytest.fixture(scope="module", autouse=True)
def _parsed() -> Iterator[None]:
    """Keeps no syntax trees after these tests: all of the product's take many megabytes."""
    yield
    parsed.cache_clear()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in SOURCE.values()))
def test_the_source_as_it_is_has_nothing(tree: Path, check: Callable[[Path], list[str]]) -> None:
    assert check(tree) == []


@pytest.mark.parametrize(("check", "line"), SOURCE.values(), ids=SOURCE)
def test_in_the_source(tmp_path: Path, check: Callable[[Path], list[str]], line: str) -> None:
    path = tmp_path / "handlers/runtime.py"
    path.parent.mkdir()
    before = (ROOT / "handlers/runtime.py").read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    of_what_it_is_without = check(tmp_path)
    path.write_text(f"{before}\n\n{line}\n", encoding="utf-8")
    (problem,) = set(check(tmp_path)) - set(of_what_it_is_without)
    assert problem.startswith("handlers/runtime.py:")


@pytest.mark.parametrize(("rule", "source"), RUFF.values(), ids=RUFF)
def test_what_ruff_finds(rule: str, source: str) -> None:
    command = [
        str(Path(sys.executable).with_name("ruff")),
        "check",
        "--no-cache",
        "--output-format",
        "concise",
    ]
    done = subprocess.run(
        [*command, "--config", "pyproject.toml", "--stdin-filename", "handlers/planted.py", "-"],
        input=source, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert rule in re.findall(r": ([A-Z]+[0-9]+) ", done.stdout)


class Talkative(BaseModel):
    value: str


@dataclass
class Printing:
    data: bytes


@dataclass
class Silent:
    data: bytes = field(repr=False)


def test_objects_that_would_print_what_they_hold() -> None:
    assert len(reprs.talkative([Talkative, Printing, Silent])) == 2
    assert not reprs.talkative([Silent])


LOCKED = "urllib3==2.8.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"


NODE_PACKAGE = {"version": "1.0.0", "integrity": "sha512-AAAA"}


def node_lock(package: dict[str, str]) -> dict[str, Any]:
    return {"packages": {"": {"name": "root"}, "node_modules/a": package}}


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in locks.LOCKS:
        (tmp_path / name).write_text(LOCKED, encoding="utf-8")
    for name in locks.INSTALLERS:
        (tmp_path / name).write_text(
            "pip --python it install --require-hashes -r dev.lock\n", encoding="utf-8"
        )
    (tmp_path / locks.NODE_LOCK).parent.mkdir(parents=True)
    (tmp_path / locks.NODE_LOCK).write_text(json.dumps(node_lock(NODE_PACKAGE)), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "weakness"),
    [
        (locks.LOCKS[0], "urllib3>=2\n"),
        (locks.LOCKS[0], "urllib3==2.8.0\n"),
        (locks.LOCKS[1], "urllib3 @ git+ssh://somewhere/urllib3\n"),
        (locks.LOCKS[2], "--extra-index-url https://somewhere/simple\n"),
        (locks.INSTALLERS[0], "\t@pip install requests\n"),
        (locks.INSTALLERS[0], "\t@uv pip sync dev.lock\n"),
        (locks.INSTALLERS[1], 'MORE = "pip --quiet install -r dev.lock"\n'),
    ],
    ids=[
        "no version",
        "no hash",
        "from elsewhere",
        "another index",
        "an install without a lock",
        "uv without hashes",
        "a program without hashes",
    ],
)
def test_in_what_is_installed(locked: Path, file: str, weakness: str) -> None:
    assert not locks.unpinned(locked)
    with (locked / file).open("a", encoding="utf-8") as lock:
        lock.write(weakness)
    assert locks.unpinned(locked)


@pytest.mark.parametrize(
    "weakness",
    [{"resolved": "https://somewhere/x.tgz"}, {"integrity": ""}, {"integrity": "sha1-AAAA"}, {"version": ""}],
    ids=["from elsewhere", "no hash", "a weak hash", "no version"],
)
def test_in_what_npm_installs(locked: Path, weakness: dict[str, str]) -> None:
    assert not locks.unpinned(locked)
    (locked / locks.NODE_LOCK).write_text(
        json.dumps(node_lock({**NODE_PACKAGE, **weakness})), encoding="utf-8"
    )
    assert locks.unpinned(locked)


@pytest.fixture
def plant_package(tmp_path: Path) -> Callable[[str], Path]:
    """Installs a package with some lines of metadata; returns the interpreter of its environment."""
    packages = tmp_path / "site-packages"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho {packages}\n")  # pip-licenses asks it for its path
    python.chmod(0o755)

    def plant(metadata: str) -> Path:
        (packages / "a-1.dist-info").mkdir(parents=True)
        text = f"Metadata-Version: 2.4\nName: a\nVersion: 1\n{metadata}\n"
        (packages / "a-1.dist-info/METADATA").write_text(text)
        return python

    return plant


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: GPL-3.0-only",
        "Classifier: License :: OSI Approved :: GNU Affero General Public License v3",
        "License: Proprietary",
        "License-Expression: MIT AND SSPL-1.0",
        "License-Expression: MPL-2.0",
        "License-Expression: MPL-2.0 AND (Apache-2.0 OR MIT)",
        "",
    ],
)
def test_a_licence_that_is_not_allowed(plant_package: Callable[[str], Path], metadata: str) -> None:
    (problem,) = licences.not_allowed(plant_package(metadata))
    assert problem.startswith("a: its licence is not allowed: ")


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: MIT",
        "License-Expression: Apache-2.0 OR BSD-3-Clause",
        "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: GNU General Public License (GPL)",
    ],
)
def test_a_licence_that_is_allowed(plant_package: Callable[[str], Path], metadata: str) -> None:
    assert not licences.not_allowed(plant_package(metadata))


def test_a_licence_that_one_package_alone_may_have(
    plant_package: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = plant_package("License-Expression: MPL-2.0")
    monkeypatch.setitem(licences.REASONED, "a", ("MPL-2.0", "tried here"))
    assert not licences.not_allowed(python)


def test_an_environment_in_which_no_package_is_seen(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    assert licences.not_allowed(python)


def luhn_valid() -> Iterator[str]:
    """Numbers of the form of cards; put together here, so that this file holds none."""
    body = "453201511283" + "036"
    yield next(f"{body}{digit}" for digit in range(10) if cards.is_card(f"{body}{digit}"))


def test_a_card_number_that_nobody_published_for_tests(tmp_path: Path) -> None:
    (number,) = luhn_valid()
    (tmp_path / "fixture.json").write_text(
        f'{{"order": "4111111111111111", "card": "{number[:4]} {number[4:]}"}}'
    )
    (problem,) = cards.in_tree(tmp_path)
    assert problem.startswith("fixture.json:1: ")
    assert number not in problem


# Put together here, so that this file holds none.
SECRETS = {
    "a key of AWS": ("AWS Access Key", f"aws_access_key_id = {'AKIA'}Q7X2MNB4ZZT5RKWD"),
    "a key of AWS beside the word token": ("AWS Access Key", f"token: {'AKIA'}Q7X2MNB4ZZT5RKWD"),
    "a private key": ("Private Key", f"-----BEGIN {'PRIVATE'} KEY-----"),
    "a password": ("Secret Keyword", f"{'pass'}word: hunter3hunter3"),
    "a token of GitHub": ("GitHub Token", f"{'ghp_'}{'wWPw5k4aXcaT4fNP0U' * 2}"),
    "a random string": (
        "Base64 High Entropy String",
        f'key = "{"c3VwZXIgbG9uZyBzd"}{"HJpbmcgc2hvdWxkIGNhdXNl"}"',
    ),
}


def hook(*files: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    program = str(Path(sys.executable).with_name("detect-secrets-hook"))
    command = [program, "--no-verify", "--baseline", ".secrets.baseline", *files]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run([shutil.which("git") or "", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(ROOT / ".secrets.baseline", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("kind", "line"), SECRETS.values(), ids=SECRETS)
def test_a_secret_that_is_not_in_the_baseline(checkout: Path, kind: str, line: str) -> None:
    (checkout / "settings.yaml").write_text(f"a: 1\n{line}\n", encoding="utf-8")
    done = hook("settings.yaml", cwd=checkout)
    assert done.returncode == 1
    assert f"Secret Type: {kind}" in done.stdout
    assert "settings.yaml:2" in done.stdout


def test_the_word_token_by_itself_is_no_secret(checkout: Path) -> None:
    (checkout / "settings.yaml").write_text("token: something_here\n", encoding="utf-8")
    assert hook("settings.yaml", cwd=checkout).returncode == 0


def test_the_baseline_names_files_that_are_there() -> None:
    results = json.loads((ROOT / ".secrets.baseline").read_text())["results"]
    assert [name for name in results if not (ROOT / name).is_file()] == []


def test_make_lint_runs_the_same_scan_over_every_file() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scan = "xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline"
    assert f"git ls-files -z --cached --others --exclude-standard | {scan}" in makefile
