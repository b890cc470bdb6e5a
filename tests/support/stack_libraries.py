"""Imports what the processes of a local stack import, but for what reads their variables: to be forked, `preforked.py`.

What they would make anew from what is always the same is made here, too: clients of AWS, and the patterns of the core.
"""

import sys
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

_SERVICES = ("cognito-idp", "dynamodb", "events", "kinesis", "kms", "lambda", "s3", "sqs")
# Has the modules with nearly all patterns. A function imports them itself, and `re` knows their patterns then.
_WITH_PATTERNS = "tokenizer.pipeline.deliveries"

grammars.put_off()
quick_clients.begin()
quick_items.begin()
for each in (*_OF_THE_EMULATOR, *_BESIDE_IT, *forks.libraries()):
    try:
        import_module(each)
    except ImportError:  # a word of a docstring, of `libraries`
        continue
quick_clients.make(_SERVICES)
known = sys.modules.keys() | set()
import_module(_WITH_PATTERNS)
for each in {name for name in sys.modules if name.startswith(("tokenizer", "schemas", "policies"))} - known:
    del sys.modules[each]
