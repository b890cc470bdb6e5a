import pytest

from bench.load.answers import LEAK, Leaks, fault

OWN = Leaks({"Ann Canaryname", "ann.canary@example.com"})


@pytest.mark.parametrize(
    "text",
    [
        '{"value": "4111111111111111"}',
        '{"error": {"message": "card 5555555555554444 was declined"}}',
        '{"name": "ANN CANARYNAME"}',
        "NDExMTExMTExMTExMTExMTQxMTExMTExMTExMTExMTE=",
    ],
)
def test_a_raw_value_in_an_answer_is_a_fault_whatever_the_status(text: str) -> None:
    assert fault(200, text, {200}, OWN) == LEAK
    assert fault(500, text, {200}, OWN) == LEAK


def test_a_masked_number_and_a_token_are_none() -> None:
    assert (
        fault(200, '{"value": "************1111", "token": "tok_1gb8tgx31kfs46r9wgjm8em128"}', {200}, OWN)
        is None
    )


def test_an_unexpected_status_is_a_fault_and_its_text_is_not_repeated() -> None:
    assert fault(503, "some text", {200, 202}) == "status 503"
    assert fault(0, "", {200}) == "status 0"
