"""Tests what the demo reads from answers and logs, without a stack."""

from botocore.exceptions import ClientError

from local.demo.verifications import Attempt, _try, complaints


def answer(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Decrypt")


def raises(error: Exception) -> object:
    raise error


def test_only_a_denial_counts_as_refused() -> None:
    assert _try("x", lambda: raises(answer("AccessDeniedException"))) == Attempt(
        "x", "AccessDeniedException: no", refused=True
    )
    assert _try("x", lambda: raises(answer("InvalidCiphertextException"))).refused is False
    assert _try("x", dict) == Attempt("x", "allowed", refused=False)


def test_complaints_are_counted_and_other_lines_skipped() -> None:
    logs = b"""START RequestId: 1
{"level":"INFO","message":"batch","reasons":["publishing: Throttled"]}
{"level":"INFO","message":"batch","reasons":["publishing: Throttled", "sending letters: AccessDenied"]}
{"level":"ERROR","message":"failed","error":"Configuration","reason":"BUS_NAME is missing"}
["a list"]
"""
    assert complaints(logs) == [
        "publishing: Throttled (2 times)",
        "sending letters: AccessDenied (1 time)",
        "Configuration: BUS_NAME is missing (1 time)",
    ]
