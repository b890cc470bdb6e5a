"""Erasing a customer over the API of the deployed template."""

import json
from pathlib import Path

import pytest

from local.emulator import users
from local.emulator.deploy import STACK_NAME
from local.emulator.stack import Stack
from schemas.erased import CustomerErased, OrderErased
from tests.support.e2e.probe import DENIED, Probe
from tests.support.e2e.stack import Api, Subscriber, audit_lines, eventually, put
from tests.support.samples import order
from tokenizer.vault.tokens import Pointer

pytestmark = pytest.mark.e2e
REFUNDED = "refunded.alone@example.com"


@pytest.fixture(scope="module")
def compliance(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "compliance"))


@pytest.fixture(scope="module")
def payments(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "shop", "payments", "support"))


def placed(api: Api, order_id: str, customer: str | None, email: str) -> dict[str, str]:
    """Places a customer's order, or a guest's; returns the tokens of its values by what they are."""
    about = {"customer_id": customer, "name": f"Canary {customer}", "email": email}
    status, body = api("POST", "/orders", order(order_id=order_id, customer=about), Prefer="wait")
    assert status == 201
    shown = body["data"]["order"]
    return {
        "name": shown["customer"]["name"],
        "email": shown["customer"]["email"],
        "card": shown["payment"]["card"]["number"],
    }


def statuses(api: Api, *tokens: str) -> list[str]:
    # Masked: in full a card takes a second factor, which the local stack's users have none of.
    asked = {"tokens": list(tokens), "purpose": "legal_request", "masked": True}
    status, body = api("POST", "/tokens/reveal", asked)
    assert status == 200, body
    return [body["tokens"][token]["status"] for token in tokens]


def test_an_erased_customers_tokens_answer_erased_and_another_keeps_what_they_share(
    running: Stack, compliance: Api, payments: Api
) -> None:
    subscriber = Subscriber(running, "erased")
    mine = placed(payments, "SO-erase-1", "C-erase-1", "shared@example.com")
    other = placed(payments, "SO-erase-2", "C-erase-2", "shared@example.com")
    assert mine["email"] == other["email"]
    assert set(statuses(compliance, *mine.values(), *other.values())) == {"ok"}

    status, certificate = compliance("DELETE", "/customers/C-erase-1")
    assert status == 200, certificate
    assert (certificate["status"], certificate["records"], certificate["kept_for_others"]) == ("erased", 1, 1)
    assert statuses(compliance, mine["name"], mine["card"]) == ["erased", "erased"]
    assert statuses(compliance, *other.values()) == ["ok", "ok", "ok"]

    told = [event["detail"] for event in subscriber.receive(3) if event["detail-type"] == "customer.erased"]
    assert [CustomerErased.model_validate(each).data.customer.customer_id for each in told] == ["C-erase-1"]
    status, again = compliance("DELETE", "/customers/C-erase-1")
    assert (status, again["records"]) == (200, 0)


def test_a_guests_order_is_erased_by_its_id_and_a_customers_only_with_the_customer(
    running: Stack, compliance: Api, payments: Api
) -> None:
    subscriber = Subscriber(running, "order_erased")
    guest = placed(payments, "SO-erase-guest", None, "guest@example.com")
    customer = placed(payments, "SO-erase-7", "C-erase-7", "seven@example.com")
    assert eventually(lambda: payments("GET", "/orders/SO-erase-7")[0] == 200)

    status, certificate = compliance("DELETE", "/orders/SO-erase-guest")
    assert (status, certificate["order_id"], certificate["records"]) == (200, "SO-erase-guest", 1)
    assert set(statuses(compliance, *guest.values())) == {"erased"}
    told = [event["detail"] for event in subscriber.receive(3) if event["detail-type"] == "order.erased"]
    assert [OrderErased.model_validate(each).data.order.order_id for each in told] == ["SO-erase-guest"]

    status, body = compliance("DELETE", "/orders/SO-erase-7")
    assert (status, body["error"]["code"]) == (409, "has_customer")
    assert set(statuses(compliance, *customer.values())) == {"ok"}
    line = audit_lines(running)[-2]
    assert (line["action"], line["result"]) == ("erase_order", "has_customer")
    assert "SO-erase-7" not in json.dumps(line)


def test_what_is_not_found_is_neither_certified_nor_told(
    running: Stack, compliance: Api, payments: Api
) -> None:
    """Of a refund, the table of orders knows no customer, and finds none by their email."""
    subscriber = Subscriber(running, "nothing_found")
    refund = json.loads(Path("schemas/samples/order.refunded.1.json").read_text(encoding="utf-8"))
    refund |= {"event_id": "refund-nothing-found"}
    refund["refund"] |= {
        "order_id": "SO-nothing-found",
        "customer": {"customer_id": "C-77", "email": REFUNDED},
    }
    put(running, refund)
    assert [event["detail-type"] for event in subscriber.receive(1)] == ["order.refunded"]
    asked = {"email": REFUNDED, "purpose": "legal_request"}
    assert compliance("POST", "/customer-lookups", asked) == (200, {"customers": []})
    for path in ("/orders/SO-nothing-found", "/orders/SO-nonsense-999", "/customers/C-nonsense-999"):
        status, certificate = compliance("DELETE", path)
        found = (status, certificate["status"], certificate["records"], certificate["complete"])
        assert found == (200, "nothing_found", 0, False), path
    placed(payments, "SO-erase-last", None, "last@example.com")
    assert compliance("DELETE", "/orders/SO-erase-last")[1]["status"] == "erased"
    told = [event["detail-type"] for event in subscriber.receive(2)]
    assert sorted(told) == ["order.erased", "order.placed"]


def test_a_value_that_somebody_names_is_erased_for_all_and_comes_again_under_another_token(
    running: Stack, compliance: Api, payments: Api
) -> None:
    email = "named@example.com"
    mine = placed(payments, "SO-erase-8", "C-erase-8", email)
    placed(payments, "SO-erase-guest-8", None, email)
    asked = {"kind": "email", "value": f" {email.upper()}"}
    before = len(audit_lines(running))
    assert compliance("POST", "/value-erasures", asked)[0] == 403  # without a second factor
    with_factor = Api(running, users.sign_in(running, "compliance", second_factor=True))
    status, certificate = with_factor("POST", "/value-erasures", asked)
    assert (status, certificate["token"], certificate["complete"]) == (200, mine["email"], True)
    assert (certificate["lost_by_customers"], certificate["lost_by_orders"]) == (1, 1)
    assert statuses(compliance, mine["email"], mine["name"]) == ["erased", "ok"]
    status, body = with_factor("POST", "/value-erasures", asked)
    assert (status, body["error"]["code"]) == (404, "unknown_value")
    again = placed(payments, "SO-erase-9", "C-erase-8", email)
    assert again["email"] != mine["email"]
    assert statuses(compliance, again["email"]) == ["ok"]
    lines = [line for line in audit_lines(running)[before:] if line["action"] == "erase_value"]
    assert [line["result"] for line in lines] == ["denied", "marked", "unknown_value"]
    assert "named" not in json.dumps(lines)


def test_an_order_whose_card_was_erased_can_not_be_paid(compliance: Api, payments: Api) -> None:
    placed(payments, "SO-erase-3", "C-erase-3", "three@example.com")
    assert compliance("DELETE", "/customers/C-erase-3")[0] == 200
    assert eventually(lambda: payments("GET", "/orders/SO-erase-3")[0] == 200)
    status, body = payments("POST", "/orders/SO-erase-3/payments", {}, Idempotency_Key="pay-erased")
    assert (status, body["error"]["code"]) == (409, "not_payable")


def test_values_that_came_one_by_one_go_with_their_customer(compliance: Api, payments: Api) -> None:
    values = [{"kind": "card_number", "value": "4242424242424242"}]
    body = payments("POST", "/tokens", {"values": values, "customer_id": "C-erase-4"})[1]
    (token,) = body["tokens"]
    assert statuses(compliance, token) == ["ok"]
    compliance("DELETE", "/customers/C-erase-4")
    assert statuses(compliance, token) == ["erased"]


def test_the_sweep_leaves_nothing_stored(running: Stack, compliance: Api, payments: Api) -> None:
    mine = placed(payments, "SO-erase-5", "C-erase-5", "five@example.com")
    certificate = compliance("DELETE", "/customers/C-erase-5")[1]
    assert (certificate["pending"], certificate["complete"]) == (1, False)
    dynamodb, table = running.client("dynamodb"), f"{STACK_NAME}-erasures"
    # What would take two minutes: the certificate's next sweep is due now, and was asked for a while ago.
    dynamodb.update_item(
        TableName=table,
        Key={"id": {"S": certificate["erasure_id"]}},
        UpdateExpression="SET next_sweep = :zero, requested_at = :zero",
        ExpressionAttributeValues={":zero": {"N": "1"}},
    )
    function = running.outputs["EraseFunctionName"]
    answer = running.client("lambda").invoke(FunctionName=function, Payload=b'{"sweep": true}')
    assert json.loads(answer["Payload"].read())["failed"] == 0
    stored = {
        item["id"]["S"]: item for item in dynamodb.scan(TableName=running.outputs["VaultTableName"])["Items"]
    }
    for token in mine.values():
        item = stored[Pointer.parse(token).record_id.hex()]
        assert "erased" in item
        assert "owner" not in item
    assert statuses(compliance, *mine.values()) == ["erased"] * 3
    kept = dynamodb.get_item(TableName=table, Key={"id": {"S": certificate["erasure_id"]}})["Item"]
    assert kept["records"] == {"N": "2"}
    assert "C-erase-5" not in json.dumps(kept, default=str)


@pytest.mark.parametrize("group", ["payments", "support", "analytics"])
def test_who_may_not_erase_is_refused_and_that_is_audited(running: Stack, group: str) -> None:
    api = Api(running, users.sign_in(running, group))
    before = len(audit_lines(running))
    status, body = api("DELETE", "/customers/C-erase-6")
    assert (status, body["error"]["code"]) == (403, "denied")
    denials = [line for line in audit_lines(running)[before:] if line["action"] == "erase"]
    assert [(line["groups"], line["result"]) for line in denials] == [([group], "denied")]
    assert "C-erase-6" not in json.dumps(denials)


def test_the_purpose_has_to_be_one_that_the_policies_know(compliance: Api) -> None:
    assert compliance("DELETE", "/customers/C-erase-6?purpose=curiosity")[0] == 403


def test_the_erasing_function_can_not_read_what_it_erases(running: Stack) -> None:
    """It may ask for some attributes of items by their ids, which the emulator can't tell from all of them."""
    probe = Probe(running, "EraseFunctionName")
    for table in ("VaultTableName", "BlindIndexTableName"):
        item = {"TableName": running.outputs[table], "Key": {"id": {"S": "00"}}}
        assert probe.call("dynamodb", "get_item", **item) in DENIED
    assert probe.call("dynamodb", "scan", TableName=running.outputs["VaultTableName"]) in DENIED
    key, context = running.outputs["VaultKeyArn"], {"purpose": "vault"}
    assert probe.call("kms", "decrypt", KeyId=key, CiphertextBlob="AA==", EncryptionContext=context) in DENIED
