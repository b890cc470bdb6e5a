"""Takes out of moto and botocore what costs seconds and no test looks at.

The stand-ins answer exactly as before: keys that can't sign carry one RSA key between them, and a service's description is read
once a run instead of once a session, as is the list of all services.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader
from moto.kms.utils import generate_private_key

_NO_SIGNATURES = frozenset({"SYMMETRIC_DEFAULT", "HMAC_256"})


@contextmanager
def quick_stand_ins() -> Iterator[None]:
    """Patches them until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", _read_once(JSONFileLoader.load_file))
        patch.setattr(Loader, "list_available_services", _listed_once(Loader.list_available_services))
        patch.setattr("moto.kms.models.generate_private_key", _made_once(generate_private_key))
        yield


def _read_once(load: Any) -> Any:
    # Every loader reads the same folders; a client's session shares what it read among its clients, too.
    return functools.cache(lambda _loader, path: load(JSONFileLoader(), path))


def _listed_once(list_services: Any) -> Any:
    # A loader looks through hundreds of folders, and each session has a loader of its own.
    known: dict[tuple[str, ...], list[str]] = {}

    def listed(loader: Loader, type_name: str) -> list[str]:
        places = (type_name, *loader.search_paths)
        if places not in known:
            known[places] = list_services(loader, type_name)
        return known[places]

    return listed


def _made_once(make: Any) -> Any:
    unused = functools.cache(make)
    return lambda spec: unused(spec) if spec in _NO_SIGNATURES else make(spec)
