"""Stores the result of each payment. The first result stays for good."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import translated
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
