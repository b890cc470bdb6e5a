import pytest

from tests.support.aws_account import Aliases as DynamoAliases
from tests.support.fakes.world import FakeAliases, ample_budget

MINE, THEIRS = "tok_" + "1" * 26, "tok_" + "2" * 26
Aliases = DynamoAliases | FakeAliases


@pytest.fixture(params=["fake", "dynamodb"])
def aliases(request: pytest.FixtureRequest) -> Aliases:
    if request.param == "fake":
        return FakeAliases()
    aliases: DynamoAliases = request.getfixturevalue("aws").aliases()
    return aliases


def test_the_first_token_keeps_its_alias_and_may_claim_it_again(aliases: Aliases) -> None:
    assert aliases.claim({"123-456": MINE}, ample_budget()) == {"123-456": True}
    assert aliases.claim({"123-456": THEIRS}, ample_budget()) == {"123-456": False}
    assert aliases.claim({"123-456": MINE}, ample_budget()) == {"123-456": True}
    assert aliases.lookup(["123-456", "9"], ample_budget()) == {"123-456": MINE}


def test_one_alias_that_is_taken_does_not_keep_others_from_theirs(aliases: Aliases) -> None:
    aliases.claim({"7": THEIRS}, ample_budget())
    wanted = {str(number): MINE for number in range(250)}
    answers = aliases.claim(wanted, ample_budget())
    assert [alias for alias, answer in answers.items() if answer is not True] == ["7"]
    assert len(aliases.lookup(list(wanted), ample_budget())) == 250
