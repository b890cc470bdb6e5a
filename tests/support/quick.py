"""Takes out of moto and botocore what costs seconds and no test looks at.

The stand-ins answer exactly as before: keys that can't sign carry one RSA key between them, and a service's description is read
once a run instead of once a session.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from moto.kms.utils import generate_private_key

_NO_SIGNATURES = frozenset({"SYMMETRIC_DEFAULT", "HMAC_256"})


@contextmanager
def quick_stand_ins() -> Iterator[None]:
    """Patches both until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", _read_once(JSONFileLoader.load_file))
        patch.setattr("moto.kms.models.generate_private_key", _made_once(generate_private_key))
        yield


def _read_once(load: Any) -> Any:
    # Every loader reads the same folders; a client's session shares what it read among its clients, too.
    return functools.cache(lambda _loader, path: load(JSONFileLoader(), path))


def _made_once(make: Any) -> Any:
    unused = functools.cache(make)
    return lambda spec: unused(spec) if spec in _NO_SIGNATURES else make(spec)
