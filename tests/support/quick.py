"""Takes out of moto and botocore what costs seconds and no test looks at.

The stand-ins answer exactly as before: keys that can't sign carry one RSA key between them, a service's description is read once
a run instead of once a session, and a table is copied once a transaction instead of once for each of its hundred items.
"""

import copy
import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import moto.dynamodb.models
import pytest
from botocore.loaders import JSONFileLoader
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.kms.utils import generate_private_key

_NO_SIGNATURES = frozenset({"SYMMETRIC_DEFAULT", "HMAC_256"})


@contextmanager
def quick_stand_ins() -> Iterator[None]:
    """Patches both until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", _read_once(JSONFileLoader.load_file))
        patch.setattr("moto.kms.models.generate_private_key", _made_once(generate_private_key))
        _copy_once_a_transaction(patch)
        yield


def _read_once(load: Any) -> Any:
    # Every loader reads the same folders; a client's session shares what it read among its clients, too.
    return functools.cache(lambda _loader, path: load(JSONFileLoader(), path))


def _made_once(make: Any) -> Any:
    unused = functools.cache(make)
    return lambda spec: unused(spec) if spec in _NO_SIGNATURES else make(spec)


def _copy_once_a_transaction(patch: pytest.MonkeyPatch) -> None:
    transaction = threading.local()
    write = DynamoDBBackend.transact_write_items

    def deepcopy(value: Any, memo: Any = None) -> Any:
        copies = getattr(transaction, "copies", None)
        if copies is None or not isinstance(value, Table):
            return copy.deepcopy(value, memo)
        if id(value) not in copies:
            copies[id(value)] = copy.deepcopy(value, memo)
        return copies[id(value)]

    def writing(self: DynamoDBBackend, transact_items: Any) -> None:
        transaction.copies = {}
        try:
            write(self, transact_items)
        finally:
            transaction.copies = None

    patch.setattr(moto.dynamodb.models, "copy", SimpleNamespace(copy=copy.copy, deepcopy=deepcopy))
    patch.setattr(DynamoDBBackend, "transact_write_items", writing)
