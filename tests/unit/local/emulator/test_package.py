"""The emulator gets the checkout with its bytecode, as the layer for AWS has it."""

import importlib.util
import io
import zipfile
from collections.abc import Callable

import pytest

from local.emulator import package, schema_bug

_CHECKED = 0b11  # PEP 552: the bytecode names its module by a hash, and Python compares the two


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


@pytest.mark.parametrize("made", [package.function_zip, package.layer_zip])
def test_every_module_has_the_bytecode_of_its_own_text(made: Callable[[], bytes]) -> None:
    files = _files(made())

    modules = {name: content for name, content in files.items() if name.endswith(".py")}
    bytecode = {name: content for name, content in files.items() if name.endswith(".pyc")}
    assert modules
    assert set(bytecode) == {importlib.util.cache_from_source(name) for name in modules}
    for name, content in modules.items():
        header = bytecode[importlib.util.cache_from_source(name)][:16]
        assert header[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(header[4:8], "little") == _CHECKED
        assert header[8:] == importlib.util.source_hash(content), name


def test_the_same_files_have_the_same_identity_whatever_their_bytecode() -> None:
    first = package.layer_zip()
    package._bytecode.cache_clear()

    assert package.identity(package.layer_zip()) == package.identity(first)


def test_another_text_has_another_identity() -> None:
    assert package.identity(schema_bug.broken_layer()) != package.identity(package.layer_zip())


def test_a_module_that_does_not_compile_is_uploaded_as_it_is() -> None:
    assert package._bytecode(b"def broken(:\n", "broken.py") == b""
