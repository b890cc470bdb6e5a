"""No vault key leaves the stack that records may still be under."""

import boto3
import pytest

from tests.support.aws_account import Aws, make_rekey
from tokenizer.aws.rekey.held_keys import HeldKeys
from tokenizer.aws.rekey.progress import DynamoProgress
from tokenizer.errors import Configuration
from tokenizer.rekey.progress import Phase, Run

BLUE, GREEN, NEXT = "arn:blue", "arn:green", "arn:next"


class Deployments:
    """Deployments a thousand milliseconds apart, each with a key to seal under and the keys that it holds."""

    def __init__(self) -> None:
        dynamodb = boto3.client("dynamodb")
        self.progress = DynamoProgress(dynamodb, make_rekey(dynamodb))
        self.now = 0
        self._keys = HeldKeys(dynamodb, "rekey", self.progress, lambda: self.now)

    def deploy(self, active: str, *others: str) -> None:
        self.now += 1000
        self._keys.change(active, [active, *others])

    def rekey(self, target: str, phase: Phase = Phase.DONE) -> None:
        self.now += 1000
        self.progress.keep_run(Run(target, 4, self.now, "olga", phase=phase))


@pytest.fixture
def stack(aws: Aws) -> Deployments:
    return Deployments()


def test_the_steps_of_a_rekeying_are_let_through_again_and_again(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.deploy(GREEN, BLUE)
    stack.rekey(GREEN)
    stack.deploy(GREEN)
    stack.deploy(GREEN, NEXT)
    stack.deploy(NEXT, GREEN)
    stack.rekey(NEXT)
    stack.deploy(NEXT)


def test_switching_and_dropping_the_old_key_at_once_is_refused(stack: Deployments) -> None:
    stack.deploy(BLUE)
    with pytest.raises(Configuration, match=BLUE):
        stack.deploy(GREEN)
    stack.deploy(BLUE)


@pytest.mark.parametrize("phase", [Phase.MOVE, Phase.VERIFY])
def test_before_a_verification_the_old_key_stays(stack: Deployments, phase: Phase) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.deploy(GREEN, BLUE)
    stack.rekey(GREEN, phase)
    with pytest.raises(Configuration, match=BLUE):
        stack.deploy(GREEN)


def test_a_run_before_the_switch_does_not_count(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.rekey(GREEN)
    stack.deploy(GREEN, BLUE)
    with pytest.raises(Configuration, match=BLUE):
        stack.deploy(GREEN)


def test_a_key_that_nothing_was_sealed_under_may_go(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.deploy(BLUE)


def test_who_goes_back_to_the_old_key_has_to_move_the_records_of_the_new_one(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.deploy(GREEN, BLUE)
    stack.deploy(BLUE, GREEN)
    with pytest.raises(Configuration, match=GREEN):
        stack.deploy(BLUE)
    stack.rekey(BLUE)
    stack.deploy(BLUE)


def test_a_deployment_that_is_rolled_back_forgets_nothing(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.deploy(GREEN, BLUE)
    stack.rekey(GREEN)
    stack.deploy(GREEN)
    stack.deploy(GREEN, BLUE)  # CloudFormation takes the last step back, since a later resource failed
    stack.deploy(GREEN)


def test_a_run_from_before_a_key_was_left_and_taken_up_again_does_not_count(stack: Deployments) -> None:
    stack.deploy(BLUE)
    stack.deploy(BLUE, GREEN)
    stack.rekey(BLUE)  # finds nothing under another key
    stack.deploy(GREEN, BLUE)
    stack.deploy(BLUE, GREEN)
    with pytest.raises(Configuration, match=GREEN):
        stack.deploy(BLUE)
    stack.rekey(BLUE)
    stack.deploy(BLUE)
