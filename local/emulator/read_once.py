"""Keeps for forks what each would read anew: the descriptions of AWS's services, and the patterns of our own code.

The code is forgotten again, so that a fork imports what is deployed. Python keeps what it compiled by the patterns' text.
"""

import sys
from contextlib import suppress
from functools import cache
from importlib import import_module

from botocore import session
from botocore.loaders import create_loader

from local.emulator import package

_SERVICES = ("dynamodb", "events", "kinesis", "kms", "lambda", "s3", "sqs")  # that functions call


@cache
def keep() -> None:
    """Reads all of it in this process, unless it is a fork of one that did; its forks have it then."""
    _descriptions()
    _patterns()


def _descriptions() -> None:
    known = create_loader()
    vars(session)["create_loader"] = lambda _path=None: known
    nobody = session.Session()
    nobody.set_credentials("none", "none")
    for service in _SERVICES:
        nobody.create_client(service, "us-east-1")


def _patterns() -> None:
    for name in package.DEPLOYED:
        for path in package.shipped(package.ROOT / name):
            if path.suffix == ".py" and "re.compile(" in path.read_text():
                with suppress(Exception):  # what is wrong with it, the function that has it tells
                    import_module(".".join(path.relative_to(package.ROOT).with_suffix("").parts))
    for each in [name for name in sys.modules if name.partition(".")[0] in package.DEPLOYED]:
        del sys.modules[each]
