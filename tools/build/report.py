"""Prints what `make build` built, and what it refuses."""

import platform
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.emulator.package import ROOT
from local.emulator.template import load
from tools.build import checks, interpreter, layer, sizes, starts
from tools.build.checks import MEBIBYTE
from tools.build.errors import BuildError
from tools.build.layer import Architecture, Target
from tools.build.sources import handlers

_LAYER = "TokenizerLayer"
_LARGEST = 12
_RUNS = 5


def report(built: Path, architecture: Architecture, console: Console) -> None:
    """Prints the sizes and start times of what was built.

    Args:
        built: the folder that `sam build` made.
        architecture: that was asked for.
        console: to print on.

    Raises:
        BuildError: it is not what was meant, or weighs too much.
    """
    if found := checks.differences(load(ROOT / "template.yaml"), load(built / "template.yaml")):
        raise BuildError(f"the built template says something else: {found}", "see .aws-sam/build")
    console.print("the built template says what template.yaml says; YAML aliases are written out")
    packages = built / _LAYER / "python"
    if checks.architectures(packages) != {architecture}:
        raise BuildError(f"the layer is not for {architecture} alone", "make build ARCH=... builds it anew")
    _print_sizes(built, architecture, console)
    _print_starts(built, architecture, console)
    checks.check_weight(sizes.unpacked(built / _LAYER))


def _print_sizes(built: Path, architecture: Architecture, console: Console) -> None:
    folder = built / _LAYER
    whole = sizes.unpacked(folder)
    table = Table("part of the layer", "MiB", title=f"layer for {architecture}")
    table.columns[1].justify = "right"
    weights = sizes.packages(folder / "python")
    for name, size in weights.most_common(_LARGEST):
        table.add_row(name, f"{size / MEBIBYTE:.1f}")
    rest = len(weights) - _LARGEST
    table.add_row(
        f"{rest} others", f"{(whole - sum(s for _, s in weights.most_common(_LARGEST))) / MEBIBYTE:.1f}"
    )
    console.print(table)
    console.print(
        f"layer: {whole / MEBIBYTE:.1f} MiB unpacked (budget {checks.BUDGET // MEBIBYTE}, "
        f"Lambda's limit {checks.LAMBDA_LIMIT // MEBIBYTE}), {sizes.zipped(folder) / MEBIBYTE:.1f} MiB zipped"
    )


def _print_starts(built: Path, architecture: Architecture, console: Console) -> None:
    python, native = interpreter.find(), Architecture.native()
    if python is None:
        console.print(
            f"no Python {interpreter.RUNTIME} here: the layer has no bytecode, so that each cold start compiles what it "
            "imports, about 0.6 s of CPU more; import times are not measured"
        )
    elif native is None:
        console.print(f"import times are not measured: there are no wheels for {platform.machine()}")
    elif native is architecture:
        _measure(built, built / _LAYER, python, console, f"{native} wheels of this build")
    else:
        # Wheels for another processor don't load here; those of the same versions for this one tell as much.
        with tempfile.TemporaryDirectory() as folder:
            layer.build(Path(folder), Target(native, python))
            _measure(
                built, Path(folder), python, console, f"{native} wheels, as this machine can't load others"
            )


def _measure(built: Path, layer_folder: Path, python: Path, console: Console, what: str) -> None:
    title = f"import on this machine, {what}, median of {_RUNS}"
    table = Table("function", "wall", "CPU", "its own folder", title=title)
    for name, module in handlers().items():
        folder = checks.folder_of(built, name)
        found = starts.measure(python, module, [folder, layer_folder / "python"], _RUNS)
        own = sizes.unpacked(folder)
        table.add_row(name, f"{found.wall:.2f} s", f"{found.cpu:.2f} s", f"{own / 1024:.1f} KiB")
    console.print(table)
