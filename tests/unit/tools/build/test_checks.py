"""Tests which builds `make build` refuses, and which differences it ignores."""

import json
import struct
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tools.build import checks, layer, starts
from tools.build.errors import BuildError
from tools.build.interpreter import RUNTIME
from tools.build.layer import Architecture
from tools.build.sources import handlers, needed_by, services
from tools.build.trim import trim

SOURCE = load(ROOT / "template.yaml")


def as_sam_writes_it() -> dict[str, Any]:
    built: dict[str, Any] = json.loads(json.dumps(SOURCE))  # no shared nodes
    for name, each in built["Resources"].items():
        if each["Type"] == "AWS::Serverless::Function":
            each["Properties"]["CodeUri"] = name
            each["Metadata"]["SamResourceId"] = name
    metadata = built["Resources"]["TokenizerLayer"]["Metadata"]
    metadata |= {"BuildArchitecture": "arm64", "SamResourceId": "TokenizerLayer"}
    return built


def test_what_sam_adds_is_no_difference() -> None:
    assert checks.differences(SOURCE, as_sam_writes_it()) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda built: built["Resources"].pop("VaultKey"), "Resources/VaultKey"),
        (
            lambda built: built["Resources"]["TokenizeQueuePolicy"]["Properties"]["PolicyDocument"][
                "Statement"
            ].pop(),
            "Resources/TokenizeQueuePolicy/Properties/PolicyDocument/Statement",
        ),
        (
            lambda built: built["Resources"]["LetterKey"]["Properties"]["KeyPolicy"]["Statement"][0].update(
                Action="kms:*"
            ),
            "Resources/LetterKey/Properties/KeyPolicy/Statement/0/Action",
        ),
        (
            lambda built: built["Parameters"]["PaymentGateway"].update(Default="fake"),
            "Parameters/PaymentGateway/Default",
        ),
    ],
)
def test_anything_else_is_told_by_its_place(change: Callable[[dict[str, Any]], Any], place: str) -> None:
    built = as_sam_writes_it()
    change(built)
    assert checks.differences(SOURCE, built) == [place]


@pytest.mark.parametrize(
    ("machine", "architecture"), [(0x3E, Architecture.X86_64), (0xB7, Architecture.ARM64)]
)
def test_the_processor_of_a_shared_object_is_read_off_its_head(
    tmp_path: Path, machine: int, architecture: Architecture
) -> None:
    (tmp_path / "some.cpython-313.so").write_bytes(b"\x7fELF" + bytes(14) + struct.pack("<H", machine))
    assert checks.architectures(tmp_path) == {architecture}


def test_a_layer_over_budget_is_refused() -> None:
    checks.check_weight(checks.BUDGET)
    with pytest.raises(BuildError, match="more than 60"):
        checks.check_weight(checks.BUDGET + 1)
    assert checks.BUDGET < checks.LAMBDA_LIMIT


def test_a_list_of_what_to_trim_that_is_out_of_date_is_refused(tmp_path: Path) -> None:
    (tmp_path / "botocore/data/kms").mkdir(parents=True)
    with pytest.raises(BuildError, match=r"phonenumbers/geodata.*botocore/data/sqs"):
        trim(tmp_path, ["kms", "sqs"])
    assert (tmp_path / "botocore/data/kms").is_dir()


def test_a_function_that_does_not_start_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import what_is_not_there\n")
    with pytest.raises(BuildError, match="broken does not start"):
        starts.measure(Path(sys.executable), "broken", [tmp_path], runs=1)


def test_a_functions_files_are_its_handler_and_what_that_imports() -> None:
    names = {path.relative_to(ROOT / "handlers").as_posix() for path in needed_by("handlers.api")}
    assert {
        "__init__.py",
        "api.py",
        "runtime.py",
        "rest/__init__.py",
        "rest/gate.py",
        "rest/models.py",
    } <= names
    assert not names & {"reveal.py", "tokenize_stream.py"}
    with pytest.raises(BuildError, match="missing"):
        needed_by("handlers.none")


def test_every_client_that_the_code_makes_is_seen() -> None:
    assert {"dynamodb", "events", "kinesis", "kms", "lambda", "s3", "sqs"} <= services()


def test_every_function_is_built_by_the_makefile_for_the_runtime_of_the_layer() -> None:
    functions = [each for each in SOURCE["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == len(handlers()) >= 8
    assert all(each["Metadata"]["BuildMethod"] == "makefile" for each in functions)
    assert all(name.endswith("Function") for name in handlers())
    assert SOURCE["Globals"]["Function"]["Runtime"] == f"python{RUNTIME}"


def test_functions_and_layer_are_for_the_same_processor() -> None:
    asked = {"Ref": "Architecture"}
    tokenizer_layer = SOURCE["Resources"]["TokenizerLayer"]
    assert SOURCE["Globals"]["Function"]["Architectures"] == [asked]
    assert tokenizer_layer["Properties"]["CompatibleArchitectures"] == [asked]
    assert tokenizer_layer["Metadata"]["BuildArchitecture"] == asked
    assert SOURCE["Parameters"]["Architecture"]["AllowedValues"] == [str(each) for each in Architecture]
    assert not [
        each for each in SOURCE["Resources"].values() if "Architectures" in each.get("Properties", {})
    ]


def test_the_capability_that_samconfig_gives_is_enough() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert (
        config["default"]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"
    )
    named = {"AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName",
             "AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::InstanceProfile": "InstanceProfileName"}  # fmt: skip
    resources = SOURCE["Resources"].items()
    assert [name for name, each in resources if named.get(each["Type"]) in each.get("Properties", {})] == []


def test_the_locked_packages_are_the_same_for_every_version_of_python() -> None:
    # pip reads markers with the Python that runs it, not with the one that wheels are for.
    lines = layer.LOCK.read_text().splitlines()
    markers = {line.partition(" ; ")[2].rstrip(" \\") for line in lines if " ; " in line}
    assert not [
        each for each in markers if "python_version" in each or "sys_platform" in each or "machine" in each
    ]


def test_the_deployment_page_names_every_table_and_queue_that_a_teardown_leaves() -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    names = {"AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName"}
    kept = [
        each["Properties"][names[each["Type"]]]["Fn::Sub"].partition("-")[2]
        for each in SOURCE["Resources"].values()
        if each["Type"] in names and "DeletionPolicy" in each
    ]
    assert [name for name in kept if f"`{name}`" not in page] == []
    assert len(kept) >= 8


def test_every_deployment_of_a_pause_says_that_it_is_paused() -> None:
    """`sam deploy` names what `--guided` saved, which is every parameter, so one without the pause would end it."""
    page = (ROOT / "docs/deploy.md").read_text()
    (block,) = [each for each in page.split("```")[1::2] if "StreamMappingEnabled=false" in each]
    lines = [each.partition("#")[0] for each in block.strip().splitlines()]
    assert len(lines) == 3
    paused = [
        "StreamMappingEnabled=false" in each and "QueueMappingEnabled=false" in each for each in lines[:-1]
    ]
    assert all(paused)
    assert "StreamMappingEnabled=true QueueMappingEnabled=true" in lines[-1]


def test_a_first_deployment_is_looked_at_before_and_not_taken_back() -> None:
    """A failed first deployment would leave behind names that the next one meets."""
    page = (ROOT / "docs/deploy.md").read_text()
    first = page.partition("## Deploy\n")[2].split("```")[1]
    steps = ["--no-execute-changeset", "describe-events --change-set-name", "--disable-rollback"]
    at = [first.index(each) for each in [*steps, "--enable-termination-protection"]]
    assert at == sorted(at)
