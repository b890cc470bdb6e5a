"""Functions start from files that are unpacked once."""

import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from local.emulator import unpacked
from local.emulator.unpacked import UnpackedOnce


@pytest.fixture(autouse=True)
def _nothing_unpacked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unpacked, "_folders", {})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def _zip(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"python/{name}.py", text)
    return path


def _unpack(path: Path, target: Path) -> Path:
    target.mkdir()
    with UnpackedOnce(path) as archive:
        archive.extractall(target)
    return target


def test_two_starts_find_the_same_files(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", one="1", two="2")

    first, second = (_unpack(archive, tmp_path / name) for name in ("first", "second"))

    assert {each.name: each.read_text() for each in (first / "python").iterdir()} == {
        "one.py": "1",
        "two.py": "2",
    }
    assert (first / "python").resolve() == (second / "python").resolve()


def test_other_files_are_unpacked_by_themselves(tmp_path: Path) -> None:
    first = _unpack(_zip(tmp_path / "a.zip", one="1"), tmp_path / "first")
    second = _unpack(_zip(tmp_path / "a.zip", one="changed"), tmp_path / "second")

    assert (first / "python/one.py").read_text() == "1"
    assert (second / "python/one.py").read_text() == "changed"


def test_the_end_of_one_function_leaves_the_others_their_files(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", one="1")
    first, second = (_unpack(archive, tmp_path / name) for name in ("first", "second"))

    shutil.rmtree(first)

    assert (second / "python/one.py").read_text() == "1"


def test_starts_at_the_same_time_unpack_once(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", **{f"module_{number}": str(number) for number in range(50)})
    threads = [
        threading.Thread(target=_unpack, args=(archive, tmp_path / str(number))) for number in range(8)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert {len(list((tmp_path / str(number) / "python").iterdir())) for number in range(8)} == {50}
    assert len(unpacked._folders) == 1


def test_the_names_are_all_files_until_they_are_unpacked(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", one="1", two="2")

    with UnpackedOnce(archive) as before:
        assert before.namelist() == ["python/one.py", "python/two.py"]
    _unpack(archive, tmp_path / "first")
    with UnpackedOnce(archive) as after:
        assert after.namelist() == ["python"]
