"""Refuses requests before any route runs: unknown paths, wrong methods, strangers, callers without the right, bad bodies.

It comes before the resolver, so that no route can forget it.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from handlers.rest.answers import JSON, HttpError
from handlers.rest.callers import PUBLIC, TokenVerifier, header, verified_caller
from handlers.rest.rights import check_right
from tokenizer.authorization.ports import RoutePolicies
from tokenizer.callers import Caller

Methods = Mapping[str, frozenset[str]]  # by path, as in the description

ELSEWHERE = "/{proxy+}"  # template.yaml's resource for all other paths
# The resolver ignores a line break at the end, so another id would be meant. No id has a control character.
_PARAMETER = r"[^/\x00-\x1f\x7f-\x9f\u2028\u2029]+"


def request_caller(
    event: dict[str, Any], methods: Methods, tokens: Callable[[], TokenVerifier]
) -> Caller | None:
    """Returns the caller of a request, or None if what is asked for is public.

    Args:
        event: the event of API Gateway's proxy integration.
        methods: the methods of each path.
        tokens: returns who verifies callers' tokens.

    Raises:
        HttpError: holds the answer.
        PipelineError: the keys that verify tokens can't be read.
    """
    path, resource = event["path"], event["resource"]
    if resource == ELSEWHERE:
        raise _nowhere("/" + ((event.get("pathParameters") or {}).get("proxy") or ""), methods)
    if not _pattern(resource).match(path):
        # The route is chosen by the path and the right by the resource, so both must mean the same.
        raise _nowhere(path, {})
    return None if (event["httpMethod"], resource) in PUBLIC else verified_caller(event, tokens())


def check_request(
    event: dict[str, Any], caller: Caller | None, most_bytes: int, policies: Callable[[], RoutePolicies]
) -> None:
    """Refuses a request that no route may get.

    Args:
        event: the event of API Gateway's proxy integration.
        caller: the caller; None if what is asked for is public.
        most_bytes: the most bytes of a body.
        policies: returns who decides what callers may do.

    Raises:
        HttpError: holds the answer.
    """
    if caller is not None:
        check_right(event, caller, policies())
    body = event.get("body")
    if not body:
        return
    if not isinstance(body, str) or event.get("isBase64Encoded"):  # no media type of ours is binary
        raise HttpError(415, "unsupported_media_type", f"a body is sent as {JSON}")
    if len(body.encode("utf-8", "surrogatepass")) > most_bytes:
        raise HttpError(413, "too_large", f"a body may have {most_bytes} bytes")
    media_type = header(event, "content-type")
    if media_type is not None and media_type.partition(";")[0].strip().lower() != JSON:
        raise HttpError(415, "unsupported_media_type", f"a body is sent as {JSON}")


def without_media_type(event: dict[str, Any]) -> dict[str, Any]:
    """Returns a request without its media type, which was judged here: the resolver would refuse one in its own form."""
    sent = (event.get("headers") or {}).items()
    return event | {"headers": {name: each for name, each in sent if name.lower() != "content-type"}}


def allowed(path: str, methods: Methods) -> list[str]:
    """Returns the methods of a path; none for an unknown path."""
    return sorted(
        {each for template, served in methods.items() if _pattern(template).match(path) for each in served}
    )


def _nowhere(path: str, methods: Methods) -> HttpError:
    served = allowed(path, methods)
    if served:
        return HttpError(
            405, "method_not_allowed", "this path takes another method", {"Allow": ", ".join(served)}
        )
    return HttpError(404, "not_found", "there is no such path")


@lru_cache(maxsize=64)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", lambda _: _PARAMETER, re.escape(template)) + r"/?\Z")
