"""Tests that every command in the docs exists, takes its options, and is run by a test or named with a reason."""

import ast
import functools
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from botocore import xform_name
from botocore.session import Session
from typer.testing import CliRunner

import ops.app
import replay.cli
from local.emulator.template import load
from tests.support.commands import PAGES, commands

WRITTEN = sorted({command for page in PAGES for command in commands(page)})
CLIS: dict[str, typer.Typer] = {
    "replay": replay.cli.app,
    "order-tokenizer": ops.app.app,
}
# Of `aws` itself.
GLOBAL = {"--query", "--output", "--profile", "--region", "--endpoint-url", "--cli-binary-format"}
# Commands of `aws` that are no operation of a service.
CUSTOM = {("logs", "tail"), ("s3", "cp"), ("s3", "rb"), ("cloudformation", "deploy")}
ELLIPSIS = "..."

# Who runs a command: the first pattern that fits. A path is a test that runs it, or what it calls; all else is why none does.
SHOWN: dict[str, str] = {
    r"pytest": "is a test",
    r"make (up|down|demo|verify-audit)$": "tests/e2e/test_make.py",
    r"make (up|demo) MODULES=": "tests/e2e/test_make.py",
    r"make test-(fast|all)": "each is `make test` with a selection or with bigger numbers",
    r"make (test|lint)": ".ci/run",
    r"make (verify-audit|.*verify-audit) ": "tests/e2e/test_audit.py",
    r"make load": "tests/e2e/test_load.py",
    r"make rekey|order-tokenizer rekey": "tests/e2e/test_rekey.py",
    r"make fuzz": "tests/fuzz/test_parsers.py",
    r"make planted": "tests/planted/test_bugs.py",
    r"pre-commit install": "changes the clone's own hooks; tests/unit/house/test_ci.py has what they run",
    r"detect-secrets scan": "prints what stands in .secrets.baseline; tests/security/test_planted.py runs its hook",
    r"make sbom": "tests/security/test_bill_of_materials.py",
    r"make (schemas|release)": "tests/unit/docs/test_new_event_type_page.py",
    r"make docs": "tests/unit/docs/test_reference.py",
    r"make build": "tests/artifacts/test_artifacts.py",
    r"make bench|python -m bench( |$)": "it measures for ten minutes; its parts run in tests/unit/bench",
    r"python -m tests\.support\.e2e\.live_pictures": "it takes pictures, whose times and ids differ each time; tests/e2e/test_live_page.py does what they show",
    r"make setup": "tests/e2e/test_setup.py",
    r"make lock": "its result differs with every release of a package",
    r"make guard-rates|python -m bench\.guard_rates": "tests/unit/bench/test_guard_rates.py",
    r"python -m bench\.guard_cost": "tests/unit/bench/test_guard_cost.py",
    r"python -m bench\.regression": "tests/unit/bench/test_regression.py",
    r"python -m bench\.capacity": "tests/unit/bench/test_capacity.py",
    r"python -m tools.lint": ".ci/run",
    r"python -m tests\.support\.security\.access_page": "tests/security/test_simulated.py",
    r"python -m tests\.support\.security\.simulated": "Makefile",
    r"order-tokenizer lake --stack": "needs an account of AWS; tests/unit/ops/lake/test_cli.py has its calls",
    r"order-tokenizer lake|order-tokenizer local orders": "tests/e2e/test_lake.py",
    r"order-tokenizer local (user|machine)": "tests/e2e/test_api_page.py",
    r"order-tokenizer (validate|preview) .*--attribute": "tests/unit/docs/test_new_event_type_page.py",
    r"order-tokenizer (validate|preview|local)": "tests/e2e/test_pages.py",
    r"(python -m )?replay": "tests/e2e/test_replay.py",
    r"order-tokenizer honeytokens|python -m ops": "tests/e2e/test_budgets.py",
    r"order-tokenizer audit erasures": "tests/integration/test_restore.py",
    r"order-tokenizer audit": "tests/e2e/test_audit.py",
    r"order-tokenizer status": "tests/e2e/test_runbook.py",
    r"python -c": "tests/e2e/test_api_page.py",
    r"locust": "tests/e2e/test_load.py",
    r"aws sqs send-message .*--message-attributes": "tests/unit/docs/test_new_event_type_page.py",
    r"aws (kinesis|sqs|events) ": "tests/e2e/test_pages.py",
    r"aws cloudformation deploy": "tests/e2e/test_pages.py",
    r"aws ": "an operator's step in an account of AWS",
    r"sam build|sam validate": "tests/artifacts/test_artifacts.py",
    r"sam ": "needs an account of AWS",
    r"(pipx run )?pip-audit": "asks a database on the internet",
}


def bare(command: str) -> str:
    """Returns a command without assignments in front and the environment's path."""
    return re.sub(r"^(?:[A-Z_]+=\S+ )*(?:\.venv(?:-\w+)?/bin/)?", "", command)


def of_program(*programs: str) -> list[str]:
    return [each for each in WRITTEN if bare(each).split()[0] in programs]


def words(command: str) -> list[str]:
    return [each for each in shlex.split(bare(command)) if each != ELLIPSIS]


def who(command: str) -> str | None:
    return next((by for pattern, by in SHOWN.items() if re.search(pattern, bare(command))), None)


def test_many_commands_are_found() -> None:
    assert len(WRITTEN) > 80


@pytest.mark.parametrize("command", WRITTEN)
def test_each_command_is_run_by_a_test_or_says_why_not(command: str) -> None:
    by = who(command)
    assert by is not None
    assert "/" not in by.split()[0] or Path(by).is_file()


@pytest.mark.parametrize("pattern", SHOWN)
def test_no_row_of_the_table_is_idle(pattern: str) -> None:
    assert [each for each in WRITTEN if re.search(pattern, bare(each))]


def names_of_tests(path: str) -> list[str]:
    """Returns the names of the tests under a path, read and not collected: a name is enough for what `-k` selects."""
    root = Path(path)
    files = sorted(root.rglob("test_*.py")) if root.is_dir() else [root]
    trees = [ast.parse(each.read_text()) for each in files]
    functions = [each for tree in trees for each in tree.body if isinstance(each, ast.FunctionDef)]
    return [each.name for each in functions if each.name.startswith("test_")]


@pytest.mark.parametrize("command", [each for each in WRITTEN if "pytest" in each])
def test_each_selection_of_tests_selects_some(command: str) -> None:
    given = words(command)[words(command).index("pytest") + 1 :]
    key = given[given.index("-k") + 1] if "-k" in given else ""
    paths = [each for each in given if each.startswith("tests")]
    assert paths
    for path in paths:
        assert [each for each in names_of_tests(path) if key in each], path


@pytest.mark.parametrize("command", of_program("make"))
def test_each_target_of_make_and_each_variable_is_there(command: str) -> None:
    makefile = Path("Makefile").read_text()
    _, target, *assigned = words(command)
    assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)
    for each in assigned:
        assert f"$({each.partition('=')[0]})" in makefile


def understood(program: str, arguments: list[str]) -> bool:
    # With --help behind them arguments are parsed and nothing is done.
    return CliRunner().invoke(CLIS[program], [*arguments, "--help"]).exit_code == 0


@pytest.mark.parametrize("command", of_program(*CLIS))
def test_each_command_line_of_ours_is_understood(command: str) -> None:
    program, *arguments = words(command)
    assert understood(program, arguments)


@pytest.mark.parametrize("arguments", [["run", "--sideways"], ["walk"], ["list", "--nowhere"]])
def test_a_command_line_that_is_not_understood_is_found(arguments: list[str]) -> None:
    assert not understood("replay", arguments)


@pytest.mark.parametrize("command", [each for each in of_program("python") if " -m " in each])
def test_each_module_is_there(command: str) -> None:
    given = words(command)
    module = Path(*given[given.index("-m") + 1].split("."))
    assert (
        module.name == "pytest" or module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()
    )


@functools.cache
def operations(service: str) -> dict[str, Any]:
    model = Session().get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("command", of_program("aws"))
def test_each_operation_of_aws_has_the_options_it_is_given(command: str) -> None:
    _, service, operation = bare(command).split()[:3]
    own = re.sub(r"\$\([^()]*\)", "", command)  # without commands inside of it
    given = set(re.findall(r"(?<=\s)--[a-z][\w-]*", own)) - GLOBAL
    if (service, operation) in CUSTOM or operation == "wait":
        return
    shape = operations(service)[operation].input_shape
    known = {f"--{xform_name(member, '-')}" for member in shape.members}
    assert {each.replace("--no-", "--") for each in given} <= known


@pytest.mark.parametrize("command", [each for each in of_program("sam") if "=" in each])
def test_each_parameter_of_a_deployment_is_the_templates(command: str) -> None:
    given = set(re.findall(r"\b([A-Z]\w+)=", bare(command)))
    assert given
    assert given <= set(load(Path("template.yaml"))["Parameters"])
