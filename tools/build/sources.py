"""Reads from this repository's sources what the build needs: handlers of functions, AWS services, imports.

Read off the template and the code, so that a new function, client or import needs no second list.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from local.emulator.package import ROOT
from local.emulator.template import load
from tools.build.errors import BuildError

_FUNCTION = "AWS::Serverless::Function"
_OWN = ("handlers", "tokenizer", "schemas", "policies")


def handlers(template: Path = ROOT / "template.yaml") -> dict[str, str]:
    """Returns the module with the handler of each function of a template, by the function's logical id."""
    return {
        name: each["Properties"]["Handler"].rpartition(".")[0]
        for name, each in load(template)["Resources"].items()
        if each["Type"] == _FUNCTION
    }


def needed_by(module: str, root: Path = ROOT) -> set[Path]:
    """Returns the files of `handlers/` that a handler needs: itself, what it imports there, the package's own.

    Raises:
        BuildError: there is no such module.
    """
    package = module.partition(".")[0]
    found = {root / package / "__init__.py"}
    waiting = [module]
    while waiting:
        parts = waiting.pop().split(".")
        folder = root.joinpath(*parts)
        path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        if path in found:
            continue
        if len(parts) > 2:  # noqa: PLR2004 -- a module of a package within: that package comes with it
            waiting.append(".".join(parts[:-1]))
        if not path.is_file():
            raise BuildError(f"{path.relative_to(root)} is missing", "see `Handler` in template.yaml")
        found.add(path)
        waiting += [each for each in _imports(path) if each.startswith(package + ".")]
    return found


def services(root: Path = ROOT) -> set[str]:
    """Returns the AWS services that the functions make clients for, by boto3's names."""
    return {
        node.args[0].value
        for path in _own_files(root)
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and "client" in {getattr(node.func, "id", ""), getattr(node.func, "attr", "")}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def imported(root: Path = ROOT) -> set[str]:
    """Returns every module that the functions' code imports, at once or when it comes to it."""
    return {name for path in _own_files(root) for name in _imports(path)}


def _own_files(root: Path) -> Iterator[Path]:
    for package in _OWN:
        yield from sorted((root / package).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # `from package import module` names a module, or something in one.
            yield from (
                f"{node.module}.{each.name}"
                for each in node.names
                if ROOT.joinpath(*node.module.split("."), each.name + ".py").is_file()
            )
