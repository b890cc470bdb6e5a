"""Modules are put in place as CloudFormation would wire them, and what does not fit is refused."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.emulator.modules import ModuleError, Modules
from local.emulator.package import ROOT
from local.emulator.template import files, load, read

Template = dict[str, Any]
LINES = 700
GENERATED = re.compile(
    r"^  # ---- [^\n]*written by `make schemas`\n.*?^  # ---- end of [^\n]*\n", re.MULTILINE | re.DOTALL
)
PARENT: Template = {
    "Parameters": {"Size": {"Type": "Number", "Default": 1}},
    "Conditions": {"HasReader": {"Fn::Equals": [{"Ref": "Size"}, 1]}},
    "Resources": {
        "StoreModule": {
            "Type": "AWS::Serverless::Application",
            "Properties": {
                "Location": "stacks/store.yaml",
                "Parameters": {"StackName": {"Ref": "AWS::StackName"}, "Size": {"Ref": "Size"}},
            },
        },
        "ReaderModule": {
            "Type": "AWS::Serverless::Application",
            "Condition": "HasReader",
            "Properties": {
                "Location": "stacks/reader.yaml",
                "Parameters": {
                    "Table": {"Fn::GetAtt": ["StoreModule", "Outputs.Table"]},
                    "TableArn": {"Fn::GetAtt": ["StoreModule", "Outputs.TableArn"]},
                },
            },
        },
    },
    "Outputs": {"TableName": {"Value": {"Fn::GetAtt": ["StoreModule", "Outputs.Table"]}}},
}
STORE: Template = {
    "Parameters": {"StackName": {"Type": "String"}, "Size": {"Type": "Number"}},
    "Resources": {
        "Table": {
            "Type": "T",
            "Properties": {"Name": {"Fn::Sub": "${StackName}-table"}, "Size": {"Ref": "Size"}},
        }
    },
    "Outputs": {
        "Table": {"Value": {"Ref": "Table"}},
        "TableArn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}},
    },
}
READER: Template = {
    "Parameters": {"Table": {"Type": "String"}, "TableArn": {"Type": "String"}},
    "Resources": {
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": "..",
                "Table": {"Ref": "Table"},
                "Index": {"Fn::Sub": "${TableArn}/index/${Table}"},
                "Sized": {"Fn::If": ["HasReader", "yes", "no"]},
            },
        }
    },
}


def modules(
    change: Callable[[Template, Template, Template], object] = lambda *_: None,
) -> Modules:
    """Returns the three templates put together, with a change in them."""
    parent, store, reader = copy.deepcopy((PARENT, STORE, READER))
    change(parent, store, reader)
    known = {"template.yaml": parent, "store.yaml": store, "reader.yaml": reader}
    return Modules(Path("template.yaml"), lambda path: known[path.name])


def test_a_reference_to_another_module_is_one_to_its_resource() -> None:
    composed = modules().composed()
    assert composed["Resources"]["Table"]["Properties"] == {
        "Name": {"Fn::Sub": "${AWS::StackName}-table"},
        "Size": {"Ref": "Size"},
    }
    assert composed["Resources"]["Function"]["Properties"] == {
        "CodeUri": ".",
        "Table": {"Ref": "Table"},
        "Index": {"Fn::Sub": "${Table.Arn}/index/${Table}"},
        "Sized": "yes",
    }
    assert composed["Outputs"] == {"TableName": {"Value": {"Ref": "Table"}}}


def test_what_is_in_a_switched_module_stands_under_its_switch() -> None:
    resources = modules().composed()["Resources"]
    assert resources["Function"]["Condition"] == "HasReader"
    assert "Condition" not in resources["Table"]

    def of_its_own(_parent: Template, _store: Template, reader: Template) -> None:
        reader["Conditions"] = {"Odd": {"Fn::Equals": [{"Ref": "Table"}, ""]}}
        reader["Resources"]["Function"]["Condition"] = "Odd"

    composed = modules(of_its_own).composed()
    assert composed["Resources"]["Function"]["Condition"] == "HasReaderAndOdd"
    assert composed["Conditions"]["HasReaderAndOdd"] == {
        "Fn::And": [{"Condition": "HasReader"}, {"Condition": "Odd"}]
    }


def _not_passed(parent: Template, _store: Template, _reader: Template) -> None:
    del parent["Resources"]["ReaderModule"]["Properties"]["Parameters"]["TableArn"]


def _not_taken(parent: Template, _store: Template, _reader: Template) -> None:
    parent["Resources"]["StoreModule"]["Properties"]["Parameters"]["Colour"] = "red"


def _no_such_output(_parent: Template, store: Template, _reader: Template) -> None:
    del store["Outputs"]["TableArn"]


def _same_name(_parent: Template, _store: Template, reader: Template) -> None:
    reader["Resources"]["Table"] = {"Type": "T"}


def _other_condition(_parent: Template, store: Template, _reader: Template) -> None:
    store["Conditions"] = {"HasReader": {"Fn::Equals": [{"Ref": "Size"}, 2]}}


def _in_a_circle(parent: Template, store: Template, reader: Template) -> None:
    parent["Resources"]["StoreModule"]["Properties"]["Parameters"]["Size"] = {
        "Fn::GetAtt": ["ReaderModule", "Outputs.Back"]
    }
    reader["Outputs"] = {"Back": {"Value": {"Ref": "Table"}}}
    store["Outputs"]["Table"]["Value"] = {"Ref": "Size"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_not_passed, "reader: .*TableArn"),
        (_not_taken, "store: .*Colour"),
        (_no_such_output, "store has no output TableArn"),
        (_same_name, "in two modules: Table"),
        (_other_condition, "store: the condition HasReader"),
        (_in_a_circle, "wait for each other"),
    ],
)
def test_modules_that_do_not_fit_are_refused(change: Any, told: str) -> None:
    with pytest.raises(ModuleError, match=told):
        modules(change).composed()


def test_globals_are_the_same_in_all_modules() -> None:
    """Each module has its copy, because a nested application does not inherit them."""
    stated = [read(path)["Globals"] for path in files(ROOT / "template.yaml") if "Globals" in read(path)]
    assert len(stated) > 3
    assert all(each == stated[0] for each in stated)

    def another(_parent: Template, store: Template, reader: Template) -> None:
        store["Globals"] = {"Function": {"Timeout": 3}}
        reader["Globals"] = {"Function": {"Timeout": 30}}

    with pytest.raises(ModuleError, match="reader: its Globals"):
        modules(another).composed()


@pytest.mark.parametrize("path", files(ROOT / "template.yaml"), ids=lambda path: path.name)
def test_each_file_of_the_template_can_be_read_in_one_go(path: Path) -> None:
    """Lines that `make schemas` writes do not count: each event type has some, and nobody reads them."""
    text = path.read_text(encoding="utf-8")
    assert len(GENERATED.sub("", text).splitlines()) <= LINES
    assert text.count("`make schemas`") == 2 * len(GENERATED.findall(text))


def test_the_parent_holds_nothing_but_modules_and_their_layer() -> None:
    kinds = [each["Type"] for each in read(ROOT / "template.yaml")["Resources"].values()]
    assert set(kinds) == {"AWS::Serverless::Application", "AWS::Serverless::LayerVersion"}
    assert len(load(ROOT / "template.yaml")["Resources"]) > 150


def test_every_file_in_the_folder_is_a_module() -> None:
    assert sorted((ROOT / "stacks").glob("*.yaml")) == sorted(files(ROOT / "template.yaml")[1:])


def test_nothing_passes_an_output_that_no_module_takes() -> None:
    """Each output of a module is taken by another module, or is an output of the whole."""
    whole = Modules(ROOT / "template.yaml", read)
    text = str(whole.parent)
    unused = [
        f"{whole.name(name)}.{output}"
        for name, child in whole.children.items()
        for output in child.get("Outputs", {})
        if f"'{name}', 'Outputs.{output}'" not in text and f"{name}.Outputs.{output}" not in text
    ]
    assert unused == []


def test_no_module_has_a_parameter_that_it_does_not_use() -> None:
    whole = Modules(ROOT / "template.yaml", read)
    unused = [
        f"{whole.name(name)}.{parameter}"
        for name, child in whole.children.items()
        for parameter in child.get("Parameters", {})
        if f"'Ref': '{parameter}'" not in (rest := str({**child, "Parameters": {}}))
        and f"${{{parameter}}}" not in rest
    ]
    assert unused == []
