"""A DynamoDB client that answers a part of what it is asked."""

from dataclasses import dataclass, field
from typing import Any

from tokenizer.identity import Identity

KEYS = ["k0", "k1", "k2", "k3", "k4"]
LEFT = {
    "k1",
    "k3",
}  # in the midst, so that neither its place among the failures nor the first place is a key's own
WRITES = {
    "PutRequest": "Item",
    "DeleteRequest": "Key",
}  # what BatchWriteItem takes, and where each has its key


@dataclass
class Partly:
    """AWS, with items by key; a call leaves what is in `LEFT` undone, as often as it is told to."""

    times: int
    items: dict[str, Any] = field(default_factory=dict)
    sent: list[list[str]] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    kinds_left: set[str] = field(default_factory=set)

    def _left(self, keys: list[str]) -> set[str]:
        self.sent.append(keys)
        self.times -= 1
        return LEFT & set(keys) if self.times >= 0 else set()

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- boto3's
        ((table, wanted),) = RequestItems.items()
        by_key = {key_of(each["id"]["S"]): each for each in wanted["Keys"]}
        left = self._left(list(by_key))
        found = [self.items[key] for key in by_key if key not in left and key in self.items]
        undone = {table: {**wanted, "Keys": [by_key[key] for key in sorted(left)]}} if left else {}
        return {"Responses": {table: found}, "UnprocessedKeys": undone}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- boto3's
        ((table, requests),) = RequestItems.items()
        by_key: dict[str, dict[str, Any]] = {}
        for each in requests:
            ((kind, write),) = each.items()
            assert kind in WRITES
            by_key[key_of(id_of(write[WRITES[kind]]))] = each
        left = self._left(list(by_key))
        self.kinds_left |= {kind for key in left for kind in by_key[key]}
        for key in by_key.keys() - left:
            if "PutRequest" in by_key[key]:
                self.items[key] = by_key[key]["PutRequest"]["Item"]
            else:
                self.items.pop(key, None)
                self.deleted.add(key)
        return {"UnprocessedItems": {table: [by_key[key] for key in sorted(left)]} if left else {}}

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- boto3's
        keys = [each["Detail"] for each in Entries]
        left = self._left(keys)
        self.items |= {key: True for key in keys if key not in left}
        return {
            "Entries": [
                {"ErrorCode": "ThrottlingException"} if key in left else {"EventId": "e"} for key in keys
            ]
        }

    def send_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        ids = {next(key for key in KEYS if key in each["MessageBody"]): each["Id"] for each in Entries}
        return self._handled(ids, "ThrottlingException")

    def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        return self._handled({each["ReceiptHandle"]: each["Id"] for each in Entries}, "InternalError")

    change_message_visibility_batch = delete_message_batch

    def _handled(self, ids: dict[str, str], code: str) -> dict[str, Any]:
        left = self._left(list(ids))
        self.items |= {key: True for key in ids if key not in left}
        failed = [{"Id": ids[key], "Code": code, "SenderFault": False} for key in sorted(left, reverse=True)]
        return {"Successful": [], "Failed": failed}

    def generate_data_key(self, **_: Any) -> dict[str, Any]:
        return {"Plaintext": bytes(32), "CiphertextBlob": b"wrapped", "KeyId": "arn"}

    def decrypt(self, **_: Any) -> dict[str, Any]:
        return {"Plaintext": bytes(32), "KeyId": "arn"}

    def seal(self, data: bytes, _: Identity) -> bytes:
        return data


def id_of(item: dict[str, Any]) -> str:
    return str(item["id" if "id" in item else "record"]["S"])


def key_of(name: str) -> str:
    """Returns the test's key behind the name that an adapter gives it: its text, or its bytes in hexadecimal."""
    return name if name in KEYS else bytes.fromhex(name).decode().strip("\0")
