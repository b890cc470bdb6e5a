"""Clients of the local stack: made once for each service and caller, and nobody gets another's."""

from concurrent.futures import ThreadPoolExecutor

from local.emulator.stack import ADMINISTRATOR, Credentials, Stack

HERE, THERE = (Stack(f"http://127.0.0.1:{port}", "us-east-1", {}) for port in (1, 2))
OPERATOR = Credentials("operator", "secret", "token")


def test_a_client_is_the_same_each_time_from_all_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: HERE.client("sqs", OPERATOR), range(32)))
    assert all(each is made[0] for each in made)
    assert HERE.client("sqs") is HERE.client("sqs", ADMINISTRATOR)


def test_another_caller_service_or_stack_has_another_client_with_its_own_credentials() -> None:
    administrators, operators = HERE.client("sqs"), HERE.client("sqs", OPERATOR)
    given = [
        each._request_signer._credentials.get_frozen_credentials() for each in (administrators, operators)
    ]
    assert [(each.access_key, each.token) for each in given] == [("test", None), ("operator", "token")]
    assert HERE.client("sns") is not administrators
    assert THERE.client("sqs").meta.endpoint_url == THERE.endpoint_url
