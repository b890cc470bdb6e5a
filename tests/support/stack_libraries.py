"""Imports what the processes of a local stack import, but for what reads their variables: to be forked, `preforked.py`."""

from importlib import import_module

from local.emulator import forks
from tests.support import grammars, quick_clients, quick_items

_OF_THE_EMULATOR = (
    "botocore.session",
    "docker",
    "hypercorn.asyncio",
    "hypercorn.protocol",
    "requests",
    "samtranslator.translator.transform",
)
_BESIDE_IT = ("boto3", "local.emulator.bends", "local.emulator.delivery", "local.emulator.kinesis_mapping", "local.emulator.stack")  # fmt: skip

grammars.put_off()
quick_clients.begin()
quick_items.begin()
for each in (*_OF_THE_EMULATOR, *_BESIDE_IT, *forks.libraries()):
    try:
        import_module(each)
    except ImportError:  # a word of a docstring, of `libraries`
        continue
