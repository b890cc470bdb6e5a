"""Zips this repository's own packages, to be uploaded as functions and layer.

Third-party packages are not in the local layer: the emulator runs functions with its own Python, which has them.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SHIPPED = {".py", ".cedar", ".cedarschema", ".toml"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def function_zip() -> bytes:
    """Returns the code of every function: the handlers."""
    return _zip({"handlers": "handlers"})


def layer_zip() -> bytes:
    """Returns the layer: the tokenizer, the schemas and the policies."""
    return _zip({name: f"python/{name}" for name in ("tokenizer", "schemas", "policies")})


def shipped(folder: Path) -> Iterator[Path]:
    """Yields the files of a package that are uploaded, in order: its code and its policies."""
    yield from sorted(each for each in folder.rglob("*") if each.suffix in _SHIPPED)


def _zip(folders: dict[str, str]) -> bytes:
    """Returns a zip of folders of the repository under other names; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, name in folders.items():
            for path in shipped(ROOT / folder):
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(ROOT / folder)}", _EPOCH)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
