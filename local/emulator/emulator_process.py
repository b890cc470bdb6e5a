"""Runs ministack in this process, with what it lacks for sign-in and aliases. docs/local-stack.md lists both."""

import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import cognito, lambda_svc

from local.emulator import forks
from local.emulator.unpacked import UnpackedOnce

_resource_arn = iam_actions.extract_resource_arn
_cognito = vars(cognito)  # there is no public place to add a claim
_signed = _cognito["_signed_jwt"]
_update_attributes = _cognito["_update_user_attributes"]
_sign_ins: dict[str, dict[str, Any]] = {}  # by what all tokens of a sign-in have in common
_runtime = vars(lambda_runtime)
_invoke = lambda_runtime.Worker.invoke
_terminate, _reap = _runtime["_signal"], _runtime["_collect"]
_REAP_SECONDS = 2.0
_invocation = threading.local()  # each has a thread of its own


def _qualified(  # noqa: PLR0917 -- as the emulator calls it
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, Any],
    *where: str,
) -> str:
    """Returns what a call is authorized on. AWS takes a function's alias into account, however the request names it."""
    arn = str(_resource_arn(service, method, path, headers, body, query, *where))
    if service != "lambda" or not path.endswith("/invocations"):
        return arn
    named = query.get("Qualifier") or headers.get("x-amz-qualifier")
    qualifier = named[0] if isinstance(named, list) else named
    return f"{arn}:{qualifier}" if qualifier else arn


def _with_methods(claims: dict[str, Any], pool_id: str = "", use: str = "") -> str:
    """Signs a token. ID tokens say how somebody signed in, and refreshed ones when that was, as Cognito's do."""
    if claims.get("token_use") == "id":
        user = _cognito["_user_pools"][pool_id]["_users"].get(claims.get("cognito:username"), {})
        second = "SOFTWARE_TOKEN_MFA" in user.get("_mfa_enabled", ())  # the emulator asks for its code then
        methods = ["pwd", "otp", "mfa"] if second else ["pwd"]
        first = {"amr": methods, "auth_time": claims["auth_time"]}
        claims = claims | _sign_ins.setdefault(claims["origin_jti"], first)
    return str(_signed(claims, pool_id, use))


def _attributes_of_the_client(data: dict[str, Any]) -> Any:
    """Changes a user's attributes. As on AWS, only those that the client may write of whom the user has the token."""
    client_id = _cognito["_token_claims"](data.get("AccessToken", "")).get("client_id")
    client = _cognito["_find_pool_by_client_id"](client_id)[2] or {}
    names = {each["Name"] for each in data.get("UserAttributes", [])}
    if names <= set(client.get("WriteAttributes", [])):
        return _update_attributes(data)
    message = "A client attempted to write unauthorized attribute"
    return error_response_json("NotAuthorizedException", message, 400)


def _terminate_later(process: Any) -> None:
    """Leaves a process to the end of the invocation in this thread, if there is one."""
    ended = getattr(_invocation, "ended", None)
    if ended is None:
        _terminate(process)
    else:
        ended.append(process)


def _reap_later(process: Any, deadline: float) -> None:
    if getattr(_invocation, "ended", None) is None:
        _reap(process, deadline)


def _stays_warm(worker: Any, *given: Any, **named: Any) -> dict[str, Any]:
    """Invokes a function. As on AWS, an error that its handler raises leaves its process; the end of its time does not."""
    ended: list[Any] = []
    _invocation.ended = ended
    try:
        answer: dict[str, Any] = _invoke(worker, *given, **named)
    finally:
        _invocation.ended = None
    for process in ended:
        of_the_handler = "trace" in answer and process.poll() is None
        if of_the_handler and vars(worker)["_proc"] is None:
            vars(worker)["_proc"] = process
        else:
            _terminate(process)
            _reap(process, time.monotonic() + _REAP_SECONDS)
    return answer


if __name__ == "__main__":
    # What the translation of templates loads builds a grammar for a second if this is installed, and never asks it.
    sys.modules.update({"rfc3987_syntax": None})  # type: ignore[dict-item] # Python's own way to say that it is not there
    # Batches of a queue that are in work at once: AWS's least. Each more is a process that a machine of two cores waits for.
    vars(lambda_svc)["_ESM_SQS_DEFAULT_CONCURRENCY"] = 2
    _runtime["zipfile"] = SimpleNamespace(**vars(zipfile) | {"ZipFile": UnpackedOnce})
    if sys.platform == "linux":  # the libraries of macOS may end a fork that has loaded them
        forker = forks.Forker(forks.libraries(), itself=True)
        _runtime["subprocess"] = SimpleNamespace(**vars(subprocess) | {"Popen": forker.start})
    _runtime["_signal"], _runtime["_collect"] = _terminate_later, _reap_later
    lambda_runtime.Worker.invoke = _stays_warm
    iam_actions.extract_resource_arn = _qualified
    _cognito["_signed_jwt"] = _with_methods
    _cognito["_update_user_attributes"] = _attributes_of_the_client
    app.main()
