"""The schema bug that replays are tried on is one: its layer is sound but for a field that no producer sends."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from local.emulator import package, schema_bug


def _files(layer: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(layer)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_layer_asks_for_a_field_more_and_is_sound_otherwise(tmp_path: Path) -> None:
    whole, broken = _files(package.layer_zip()), _files(schema_bug.broken_layer())
    assert [name for name in whole if whole[name] != broken[name]] == [
        "python/schemas/events/order_placed_v1.py"
    ]
    with zipfile.ZipFile(io.BytesIO(schema_bug.broken_layer())) as archive:
        archive.extractall(tmp_path)
    code = (
        "import schemas; from tokenizer.pipeline.catalog import catalog; catalog(); from schemas.events.order_placed_v1"
        " import Order; print(schemas.__path__[0], Order.model_fields['warehouse'].is_required())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "python")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / "python/schemas"), "True"]
