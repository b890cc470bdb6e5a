"""Unpacks what functions are deployed from once for all their processes; the emulator would write each file again at each start."""

import hashlib
import os
import tempfile
import threading
import zipfile
from pathlib import Path

_lock = threading.RLock()  # unpacking asks for the names
_folders: dict[str, Path] = {}  # by the hash of the zip


class UnpackedOnce(zipfile.ZipFile):
    """A zip that links to its files when they are unpacked already; stands in for `ZipFile` where the emulator starts functions."""

    def namelist(self) -> list[str]:
        """Returns the names of all files; for one that is unpacked, the folders that are linked, which is all that is made."""
        with _lock:
            folder = _folders.get(self._hash())
        return super().namelist() if folder is None else sorted(each.name for each in folder.iterdir())

    def extractall(  # type: ignore[override]  # as the emulator calls it
        self, path: str | os.PathLike[str]
    ) -> None:
        """Unpacks the zip if this is the first time, and links to what lies in it.

        Args:
            path: an empty folder, which gets a link for each file and folder of the top.
        """
        with _lock:
            folder = _folders.get(self._hash())
            if folder is None:
                folder = Path(tempfile.mkdtemp(prefix="unpacked-"))
                super().extractall(folder)
                _folders[self._hash()] = folder
        for each in folder.iterdir():
            Path(path, each.name).symlink_to(each)

    def _hash(self) -> str:
        return hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
