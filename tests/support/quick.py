"""Takes out of moto and botocore what costs seconds and no test looks at.

The stand-ins answer exactly as before: keys that can't sign carry one RSA key between them, and under which names an answer may
hold a member is looked up once. Clients share what they have in common (`quick_clients.py`), and look for no proxy. Requests to
AWS but S3's say who sends them, and carry no signature; the local stack's do.
"""

import functools
import string
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from urllib.parse import urlsplit

import jsonpath_ng.ext.parser
import pytest
from botocore.auth import SigV4Auth
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import method_names_from_class
from moto.kms.utils import generate_private_key

from tests.support import quick_clients

_NO_SIGNATURES = frozenset({"SYMMETRIC_DEFAULT", "HMAC_256"})


@contextmanager
def quick_stand_ins() -> Iterator[None]:
    """Patches them until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        quick_clients.begin(patch.setattr)
        patch.setattr("botocore.endpoint.get_environ_proxies", lambda _url: {})
        patch.setattr("moto.moto_api._internal.moto_random.MotoRandom.get_random_string", _drawn_at_once)
        patch.setattr("moto.kms.models.generate_private_key", _made_once(generate_private_key))
        patch.setattr(SigV4Auth, "add_auth", _named(SigV4Auth.add_auth))
        patch.setattr("jsonpath_ng.ext.parse", functools.cache(jsonpath_ng.ext.parser.parse))
        keys = _looked_up_once(XFormedAttributePicker.get_possible_keys)
        patch.setattr(XFormedAttributePicker, "get_possible_keys", keys)
        patch.setattr("moto.core.responses.method_names_from_class", functools.cache(method_names_from_class))
        yield


def _made_once(make: Any) -> Any:
    unused = functools.cache(make)
    return lambda spec: unused(spec) if spec in _NO_SIGNATURES else make(spec)


def _looked_up_once(look_up: Any) -> Any:
    # Names follow from the member and the class of what holds it. A shape is looked at for each of its members, in each item.
    def keys(picker: XFormedAttributePicker, context: AttributePickerContext) -> list[str]:
        known: dict[tuple[type, str], list[str]] = context.shape.__dict__.setdefault("names_of_members", {})
        wanted = type(context.obj), context.key
        if wanted not in known:
            known[wanted] = list(dict.fromkeys(look_up(picker, context)))
        return known[wanted]

    return keys


def _drawn_at_once(
    drawn: Random,
    length: int = 20,
    include_digits: bool = True,  # noqa: FBT002 -- as moto calls it
    lower_case: bool = False,  # noqa: FBT002
) -> str:
    # Each answer has an id of 52 letters, and each letter was a call.
    text = "".join(drawn.choices(string.ascii_letters + string.digits * include_digits, k=length))
    return text.lower() if lower_case else text


def _named(add_auth: Any) -> Any:
    """Returns what says who calls and where, as a signature does, which moto reads and never checks."""

    def named(signer: Any, request: Any) -> None:
        host = urlsplit(request.url).hostname or ""
        stood_in_for = host.endswith(".amazonaws.com") and signer.credentials is not None
        if not stood_in_for or signer._service_name == "s3":  # where it signs how a body is sent, too
            add_auth(signer, request)
            return
        scope = f"20261124/{signer._region_name}/{signer._service_name}/aws4_request"
        said = f"Credential={signer.credentials.access_key}/{scope}, SignedHeaders=host, Signature=0"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {said}"

    return named
