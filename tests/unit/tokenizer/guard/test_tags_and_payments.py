"""Every tag that shows nothing is looked through, and every name of a payment makes a code its card's."""

import pytest

from tokenizer.guard.authentication_data import JsonValue, strip_authentication_data

_TAGS = "b i u s em strong span font a wbr small big sub sup mark code tt br"
_PAYMENTS = (
    "payment payments payment_method payment_methods payment_details payment_data payment_info payment_source "
    "payment_instrument payment_information payment_method_details payment_option payment_method_data "
    "funding_source tender tenders charge charges billing_info wallet transaction transactions authorization "
    "additional_data payment_request instrument refund refunds payout payouts bank_account"
)


@pytest.mark.parametrize("tag", _TAGS.split())
@pytest.mark.parametrize("form", ["<{}>", "</{}>", "<{}/>", '<{} class="x">'])
def test_a_code_behind_a_card_number_that_a_tag_cuts_is_removed(tag: str, form: str) -> None:
    cut = form.format(tag).join(("4242", "4242", "4242", "4242"))

    stripped, removed = strip_authentication_data({"note": f"{cut} 737"})

    assert removed
    assert "737" not in str(stripped)


@pytest.mark.parametrize("name", _PAYMENTS.split())
def test_a_verification_code_in_a_payment_is_removed(name: str) -> None:
    held: JsonValue = {"type": "CARD", "verification_code": "737"}

    payments: tuple[JsonValue, ...] = ({name: held}, {name: [held]})
    for value in payments:
        stripped, removed = strip_authentication_data(value)
        assert removed
        assert "737" not in str(stripped)
