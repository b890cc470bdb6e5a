"""Customers whose orders are tokenized and erased."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.world import ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tests.support.watched_calls import watch
from tokenizer.aws.compose.erase import eraser
from tokenizer.aws.compose.look_up import look_up_maker
from tokenizer.aws.compose.vault import unerased_vault
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import EraseSettings
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.erasure.eraser import Eraser
from tokenizer.records import VaultRecord, moment_of
from tokenizer.reveal.lookup import reveal
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_795_600_000_000  # milliseconds since 1970, after every record of the samples
LATER = NOW + SWEEPS[0]


class Customers:
    """An account in which orders of customers are tokenized, erased and revealed."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.now = NOW
        self.hook: Callable[[str, str], None] = lambda _when, _name: None
        self._seen: dict[str, tuple[dict[str, Any], list[Any]]] = {}
        watch(monkeypatch, clients, self)
        settings = aws.settings
        self._settings = EraseSettings(
            vault_table=settings.vault_table,
            vault_crypto_name=settings.vault_crypto_name,
            vault_key_arn=settings.vault_key_arn,
            token_key_arn=settings.token_key_arn,
            token_keys_table=settings.token_keys_table,
            blind_index_table=settings.blind_index_table,
            shares_table=settings.shares_table,
            erasures_table=settings.erasures_table,
            bus_name=settings.bus_name,
            audit_bucket="audit",
            audit_heads_table="audit-heads",
            audit_key_arn=settings.vault_key_arn,
        )

    def eraser(self) -> Eraser:
        made = eraser(self._settings)
        object.__setattr__(made, "now", lambda: self.now)
        return made

    def order(self, customer: str | None, sequence: int, *, later: int = 0, **about: str) -> list[str]:
        """Tokenizes an order of a customer or of a guest, `later` milliseconds after `NOW`; returns its tokens."""
        who: dict[str, Any] = {
            "customer_id": customer,
            "name": "Ann",
            "email": f"{customer}@example.com",
        } | about
        event = {**order(customer=who, order_id=f"SO-{sequence}"), "schema_version": 3}
        arrived = moment_of(NOW + later) if later else ARRIVED
        record = stream_record(event, sequence, arrived_at=arrived)
        (outcome,) = self.aws.tokenizer().tokenize_batch([record], ample_budget())
        assert outcome.published, outcome
        *_, detail = (
            each["detail"]
            for each in self.aws.events()
            if each["detail-type"] == "order.placed"
            and each["detail"]["data"]["order"]["order_id"] == f"SO-{sequence}"
        )
        return [each for each in detail["data"]["order"]["customer"].values() if is_token(str(each))]

    def erase(self, customer: str, erasure_id: str = "era_1") -> Any:
        return self.eraser().erase(customer, "carla", "erasure_request", erasure_id, ample_budget())

    def erase_order(self, order_id: str, erasure_id: str = "era_1") -> Any:
        return self.eraser().erase_order(order_id, "carla", "erasure_request", erasure_id, ample_budget())

    def erase_value(self, email: str, erasure_id: str = "era_value") -> Any:
        """Erases an email as the API does: it is looked up, erased, and noted."""
        notes = look_up_maker(self.aws.settings)()
        object.__setattr__(notes, "now", lambda: self.now)
        entry = notes.look_up.entry("email", email, ample_budget())
        assert entry is not None
        erased = self.eraser().erase_value(
            entry.token, entry.owner, "carla", "erasure_request", erasure_id, ample_budget()
        )
        notes.note("email", email, entry.token, ample_budget())
        return erased

    def knows(self, email: str) -> bool:
        """Returns True if the email has a token that is not erased."""
        return look_up_maker(self.aws.settings)().look_up.entry("email", email, ample_budget()) is not None

    def values(self) -> list[Any]:
        """Returns every value that the vault holds and that has not expired, erased or not."""
        items = {item["id"]["S"]: item for item in self.aws.stored("vault")}
        # An item that is as it was last time holds what it held then.
        changed = [each for each, item in items.items() if self._seen.get(each, (None,))[0] != item]
        for at in range(0, len(changed), 100):
            ids = [bytes.fromhex(each) for each in changed[at : at + 100]]
            for record_id, record in self.aws.reader().get_decrypted(ids, ample_budget()).items():
                self._seen[record_id.hex()] = items[record_id.hex()], _values(record)
        return [value for each in items for value in self._seen[each][1]]

    def sweep(self) -> Any:
        self.now = LATER
        return self.eraser().sweep(ample_budget())

    def statuses(self, tokens: list[str]) -> set[str]:
        vault = unerased_vault(self.aws.reveal_settings())
        return {
            str(each.status) for each in reveal(tokens, vault, self.aws.aliases(), ample_budget()).values()
        }

    def whole(self) -> list[dict[str, Any]]:
        """Returns the vault's items that still hold something."""
        return [item for item in self.aws.stored("vault") if "erased" not in item]


def _values(record: Any) -> list[Any]:
    if not isinstance(record, VaultRecord) or record.expires_at:
        return []
    return [field.value for field in record.fields.values()]
