"""Every install asks for hashes, or is of what lies here."""

from pathlib import Path

import pytest

from tools.lint import locks


@pytest.mark.parametrize(
    ("install", "is_open"),
    [
        ("pip install --require-hashes -r requirements/dev.lock", False),
        ("uv pip sync --require-hashes requirements/dev.lock", False),
        ("uv pip install --no-deps --editable .", False),
        ("uv pip install --no-deps --no-index wheels/pip.whl", False),
        ("pip install six", True),
        ("pip install --upgrade \\\n  pip", True),
        ("uv pip sync requirements/dev.lock", True),
        ("pip install --editable git+https://example.com/six", True),
    ],
)
def test_an_install_takes_locked_files_or_those_that_lie_here(
    tmp_path: Path, install: str, is_open: bool
) -> None:
    path = tmp_path / "Makefile"
    path.write_text(f"setup:\n\t{install}\n")
    assert bool(locks._open(path)) == is_open


def test_the_installs_of_this_repository_do() -> None:
    for name in locks.INSTALLERS:
        text = Path(name).read_text(encoding="utf-8")
        assert "pip" in text
        assert locks._open(Path(name)) == []
