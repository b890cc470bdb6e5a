"""Tests that ministack has what the emulator's process replaces in it, as docs/local-stack.md says."""

import zipfile

from ministack.core import iam_actions, lambda_runtime
from ministack.services import cognito, lambda_svc


def test_a_queues_mapping_has_five_batches_in_work_unless_it_is_told_otherwise() -> None:
    assert vars(lambda_svc)["_ESM_SQS_DEFAULT_CONCURRENCY"] == 5


def test_what_is_replaced_has_the_name_by_which_it_is_called() -> None:
    assert callable(iam_actions.extract_resource_arn)
    for name in ("_signed_jwt", "_update_user_attributes"):
        assert callable(vars(cognito)[name])


def test_functions_are_unpacked_by_the_module_that_is_replaced() -> None:
    assert vars(lambda_runtime)["zipfile"] is zipfile


def test_the_end_of_a_function_is_asked_for_and_waited_for_by_what_is_replaced() -> None:
    assert callable(lambda_runtime.Worker.invoke)
    for name in ("_signal", "_collect"):
        assert callable(vars(lambda_runtime)[name])
        assert name in lambda_runtime.Worker.invoke.__code__.co_names
