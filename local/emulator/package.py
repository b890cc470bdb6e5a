"""Zips this repository's own packages, to be uploaded as functions and layer.

Third-party packages are not in the local layer: the emulator runs functions with its own Python, which has them.
"""

import hashlib
import io
import py_compile
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LAYER = ("tokenizer", "schemas", "policies")
_FUNCTIONS = "handlers"
DEPLOYED = (_FUNCTIONS, *_LAYER)
_SHIPPED = {".py", ".cedar", ".cedarschema", ".toml"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def function_zip() -> bytes:
    """Returns the code of every function: the handlers."""
    return _zip({_FUNCTIONS: _FUNCTIONS})


def layer_zip() -> bytes:
    """Returns the layer: the tokenizer, the schemas and the policies."""
    return _zip({name: f"python/{name}" for name in _LAYER})


def identity(zipped: bytes) -> str:
    """Returns a hash of the files in a zip but for bytecode, of which Python writes the same in more than one way."""
    found = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        for name in archive.namelist():
            if not name.endswith(".pyc"):
                found.update(f"{name}\n{hashlib.sha256(archive.read(name)).hexdigest()}\n".encode())
    return found.hexdigest()


def shipped(folder: Path) -> Iterator[Path]:
    """Yields the files of a package that are uploaded, in order: its code and its policies."""
    yield from sorted(each for each in folder.rglob("*") if each.suffix in _SHIPPED)


def _zip(folders: dict[str, str]) -> bytes:
    """Returns a zip of folders of the repository under other names.

    As in the layer for AWS, modules have their bytecode: each start of a function would compile them again. Here it is
    checked against the module, which tests edit.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, name in folders.items():
            for path in shipped(ROOT / folder):
                content, placed = path.read_bytes(), f"{name}/{path.relative_to(ROOT / folder)}"
                _write(archive, placed, content)
                if path.suffix == ".py" and (bytecode := _bytecode(content, path.name)):
                    _write(archive, cache_from_source(placed), bytecode)
    return target.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


@cache
def _bytecode(content: bytes, name: str) -> bytes:
    """Returns a module's bytecode, which holds the hash of the text that it is of; empty for one that does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        source, compiled = Path(folder, name), Path(folder, "bytecode")
        source.write_bytes(content)
        try:
            py_compile.compile(
                str(source),
                cfile=str(compiled),
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
            )
        except py_compile.PyCompileError:  # the function says so when it starts
            return b""
        return compiled.read_bytes()
