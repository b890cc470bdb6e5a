"""Stores the result of each payment, which stays for good, and the latest attempt to charge each order."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.payments.attempts import Attempt, AttemptState
from tokenizer.payments.cashier import Payment, PaymentStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class PaymentsTable:
    """Implements the port `Payments`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("looking for a payment")
    def find(self, payment_id: str) -> Payment | None:
        """Returns a finished payment, or None."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"id": {"S": payment_id}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        fields = {name: value["S"] for name, value in item.items() if "S" in value}
        return Payment(
            payment_id=fields["id"],
            order_id=fields["order_id"],
            amount=fields["amount"],
            currency=fields["currency"],
            number_last4=fields["number_last4"],
            status=PaymentStatus(fields["status"]),
            reference=fields.get("reference"),
            reason=fields.get("reason"),
        )

    @translated("keeping a payment")
    def keep(self, payment: Payment) -> Payment:
        """Stores a payment unless one with its id is stored already; returns the stored one."""
        fields = {name: {"S": str(value)} for name, value in asdict(payment).items() if value is not None}
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={"id": fields.pop("payment_id"), **fields},
                ConditionExpression="attribute_not_exists(id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return self.find(payment.payment_id) or payment
        return payment

    @translated("looking for an attempt to charge")
    def attempt(self, order_id: str) -> Attempt | None:
        """Returns the latest attempt to charge an order."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"id": {"S": _attempt_id(order_id)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        return Attempt(
            order_id=order_id,
            ordinal=int(item["number"]["N"]),
            most=item["most"]["S"],
            amount=item["amount"]["S"],
            currency=item["currency"]["S"],
            card=(item["card_number"]["S"], item["card_expiry"]["S"]),
            payment_id=item["payment_id"]["S"],
            since=item["since"]["S"],
            state=AttemptState(item["state"]["S"]),
        )

    @translated("keeping an attempt to charge")
    def put_attempt(self, attempt: Attempt, last: Attempt | None) -> bool:
        """Stores an attempt; returns False if the latest one is not `last` any more."""
        item = {
            "id": {"S": _attempt_id(attempt.order_id)},
            "number": {"N": str(attempt.ordinal)},
            "most": {"S": attempt.most},
            "amount": {"S": attempt.amount},
            "currency": {"S": attempt.currency},
            "card_number": {"S": attempt.card[0]},
            "card_expiry": {"S": attempt.card[1]},
            "payment_id": {"S": attempt.payment_id},
            "since": {"S": attempt.since},
            "state": {"S": str(attempt.state)},
        }
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if last is not None:
            condition = {
                "ConditionExpression": "#number = :number AND #state = :state AND #since = :since",
                "ExpressionAttributeNames": {"#number": "number", "#state": "state", "#since": "since"},
                "ExpressionAttributeValues": {
                    ":number": {"N": str(last.ordinal)},
                    ":state": {"S": str(last.state)},
                    ":since": {"S": last.since},
                },
            }
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _attempt_id(order_id: str) -> str:
    return f"order#{order_id}"
