"""Leaves files out of the layer that no code path of the functions opens, and says why that is safe.

tests/artifacts imports every handler from what is left, makes every client and runs an order through it.
"""

import shutil
from collections.abc import Collection
from pathlib import Path

from tools.build.errors import BuildError

# Beside the models of services botocore reads endpoints, partitions and retry rules from files here.
_BOTOCORE_DATA = "botocore/data"

_UNUSED = (
    "phonenumbers/geodata",  # names of places for numbers: the geocoder alone reads it
    "phonenumbers/carrierdata",  # names of carriers
    "phonenumbers/tzdata",  # time zones of numbers
    "boto3/data",  # models of boto3's resources; clients alone are used
    "boto3/examples",
    "stdnum/oui.dat",  # makers of network cards
    "stdnum/imsi.dat",  # mobile operators
    "google/protobuf/testdata",
    "simplejson/tests",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui-bundle.min.js",  # served by enable_swagger()
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui.min.css",
    "bin",  # commands
)


def trim(packages: Path, services: Collection[str]) -> None:
    """Removes what the functions don't read.

    Args:
        packages: the folder with the installed packages.
        services: whose botocore models stay.

    Raises:
        BuildError: something is not where it was, so that this list or the code that names a service is out of date.
    """
    data = packages / _BOTOCORE_DATA
    gone = [name for name in _UNUSED if not (packages / name).exists()]
    gone += [f"{_BOTOCORE_DATA}/{name}" for name in sorted(services) if not (data / name).is_dir()]
    if gone:
        raise BuildError(f"not in the packages any more: {', '.join(gone)}", "fix tools/build/trim.py")
    for model in data.iterdir():
        if model.is_dir() and model.name not in services:
            shutil.rmtree(model)
    for name in _UNUSED:
        path = packages / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
