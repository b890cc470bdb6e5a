"""Tests the vault's move to another KMS key (on moto) while it is written, erased and tampered with, and movers die."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.aws_account import Aws, make_rekey
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tests.support.watched_calls import watch
from tokenizer.aws.compose import tokenize
from tokenizer.aws.compose.rekey import rekeying
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import RekeySettings
from tokenizer.aws.rekey import movable_vault
from tokenizer.errors import Refused
from tokenizer.records import VaultField, VaultRecord
from tokenizer.rekey.run import Rekeying

NOW, SETTLE = 1_795_600_000_000, 70_000
FOR_EVER = VaultRecord(b"a" * 12, {b"tag0": VaultField("/a", "token", "Canary")}, 0, "5" * 32, 17)
WITH_AN_END = replace(FOR_EVER, record_id=b"b" * 12, expires_at=9_999_999_999)
CONSISTENT = replace(FOR_EVER, record_id=b"c" * 12, consistent=True)
TOMBSTONE = VaultRecord(b"d" * 12, {}, erased=23)
OWNERLESS = VaultRecord(b"e" * 12, {b"tag0": VaultField("/a", "token", 12, alias="4111")})
RECORDS = [FOR_EVER, WITH_AN_END, CONSISTENT, TOMBSTONE, OWNERLESS]


class Killed(BaseException):
    """The function is gone."""


@dataclass
class Lines:
    """An audit trail."""

    written: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def write(self, action: str, operator: str, **facts: Any) -> None:
        self.written.append((action, facts))


class Move:
    """An account whose vault moves from its key to another."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.old = aws.settings.vault_key_arn
        self.new = str(boto3.client("kms").create_key()["KeyMetadata"]["Arn"])
        self.audit = Lines()
        self.now = NOW
        self.hook: Callable[[str, str], None] = lambda _when, _name: None
        make_rekey(aws.client("dynamodb"))
        watch(monkeypatch, clients, self)

    def mover(self, settle: int = 0) -> Rekeying:
        settings = RekeySettings(
            vault_table="vault",
            vault_crypto_name="vault",
            vault_key_arn=self.new,
            vault_other_key_arns=self.old,
            rekey_table="rekey",
            audit_bucket="audit",
            audit_heads_table="heads",
            audit_key_arn="none",
        )
        made = rekeying(settings)
        return replace(made, audit=self.audit, settle=settle, now=lambda: self.now)

    def write(self, *records: VaultRecord, under: str | None = None) -> None:
        settings = replace(self.aws.settings, vault_key_arn=under or self.old)
        vault = tokenize.tokenizer(settings).vault_stage.vault
        assert vault.put([vault.seal(each) for each in records], ample_budget()) == [None] * len(records)

    def read(self, record: VaultRecord, *arns: str) -> Any:
        reader = self.aws.reader(vault_key_arn=arns[0], vault_other_key_arns=" ".join(arns[1:]))
        return reader.get_decrypted([record.record_id], ample_budget())[record.record_id]

    def run(self) -> dict[str, Any]:
        """Runs the command from its beginning, or from where it was left, to its end."""
        mover = self.mover()
        told = mover.begin("olga", 2)
        while told["phase"] != "done":
            for segment in told["left"]:
                while not mover.work(segment, ample_budget())["done"]:
                    pass
            told = mover.conclude("olga")
        return told

    def stored(self, record: VaultRecord) -> dict[str, Any]:
        (found,) = (item for item in self.aws.stored("vault") if item["id"]["S"] == record.record_id.hex())
        return found

    def put(self, item: dict[str, Any]) -> None:
        self.aws.client("dynamodb").put_item(TableName="vault", Item=item)


@pytest.fixture
def move(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Move:
    return Move(aws, monkeypatch)


def test_every_record_is_moved_whole_and_the_old_key_opens_none(move: Move) -> None:
    move.write(*RECORDS)
    before = {item["id"]["S"]: item for item in move.aws.stored("vault")}
    told = move.run()
    assert told["moving"]["moved"] == len(RECORDS)
    assert set(told["verified"]) == {"current"}
    assert [move.read(each, move.new) for each in RECORDS] == RECORDS
    assert not [each for each in RECORDS if isinstance(move.read(each, move.old), VaultRecord)]
    clear = ("owner", "arrived", "consistent", "erased", "exp", "expires_at")
    for item in move.aws.stored("vault"):
        assert {name: item.get(name) for name in clear} == {
            name: before[item["id"]["S"]].get(name) for name in clear
        }


def test_readers_take_records_of_both_keys_while_the_vault_moves(move: Move) -> None:
    move.write(FOR_EVER)
    move.write(CONSISTENT, under=move.new)
    assert move.read(FOR_EVER, move.new, move.old) == FOR_EVER
    assert move.read(CONSISTENT, move.new, move.old) == CONSISTENT
    assert not isinstance(move.read(FOR_EVER, move.new), VaultRecord)


def test_what_is_written_erased_or_deleted_after_it_was_read_is_left_alone(move: Move) -> None:
    move.write(FOR_EVER, WITH_AN_END, CONSISTENT)
    dynamodb = move.aws.client("dynamodb")

    def meanwhile(when: str, name: str) -> None:
        if (when, name) == ("after", "Scan"):
            move.hook = lambda _when, _name: None
            move.write(FOR_EVER.tombstone(99), replace(WITH_AN_END, arrived=18), under=move.new)
            dynamodb.delete_item(TableName="vault", Key={"id": {"S": CONSISTENT.record_id.hex()}})

    mover = move.mover()
    mover.begin("olga", 1)
    move.hook = meanwhile
    assert mover.work(0, ample_budget()) == {"done": True, "records": 3}
    assert mover.status()["moving"] == {"changed": 3}
    assert move.read(FOR_EVER, move.new).erased == 99
    assert move.read(WITH_AN_END, move.new).arrived == 18
    assert move.read(CONSISTENT, move.new) is None


def test_a_tampered_record_is_counted_named_and_left_alone(move: Move) -> None:
    move.write(FOR_EVER, CONSISTENT)
    bad = move.stored(FOR_EVER)
    bad["arrived"]["S"] = "18"
    move.put(bad)
    told = move.run()
    assert told["verified"] == {"current": 1, "tampered": 1}
    assert told["unreadable"] == [FOR_EVER.record_id.hex()]
    assert move.stored(FOR_EVER) == bad


def test_a_record_under_a_foreign_kms_key_is_not_taken_over(move: Move) -> None:
    foreign = str(boto3.client("kms").create_key()["KeyMetadata"]["Arn"])
    move.write(FOR_EVER, under=foreign)
    told = move.run()
    assert told["verified"] == {"tampered": 1}
    assert not isinstance(move.read(FOR_EVER, move.new, move.old), VaultRecord)


def test_while_kms_denies_a_records_data_key_no_run_ends(move: Move) -> None:
    move.write(FOR_EVER, CONSISTENT)
    mover = move.mover()
    told = mover.begin("olga", 1)
    kms = mover.vault._opens._kms  # type: ignore[attr-defined]

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "DisabledException", "Message": ""}}, "Decrypt")

    kms.decrypt = denied
    for phase in ("verify", "move"):
        mover.work(0, ample_budget())
        told = mover.conclude("olga")
        assert told["phase"] == phase
    assert told["verified"] == {"denied": 2}
    assert [action for action, _ in move.audit.written] == ["rekey_begun", "rekey_not_finished"]


def test_a_late_record_under_the_old_key_is_found_by_the_verification_and_moved_in_another_round(
    move: Move,
) -> None:
    move.write(FOR_EVER)
    mover = move.mover()
    mover.begin("olga", 1)
    mover.work(0, ample_budget())
    assert mover.conclude("olga")["phase"] == "verify"
    move.write(CONSISTENT)  # by an invocation that had begun before the switch
    mover.work(0, ample_budget())
    told = mover.conclude("olga")
    assert (told["phase"], told["round"], told["verified"]) == ("move", 2, {"current": 1, "old": 1})
    told = move.run()
    assert told["verified"] == {"current": 2}
    assert move.read(CONSISTENT, move.new) == CONSISTENT
    assert move.audit.written[-1][0] == "rekey_finished"
    assert move.audit.written[-1][1]["found"] == {"current": 2}


def test_a_run_is_verified_only_when_no_invocation_is_left_that_seals_under_the_old_key(move: Move) -> None:
    mover = move.mover(SETTLE)
    mover.begin("olga", 1)
    mover.work(0, ample_budget())
    move.now = NOW + 20_000
    assert mover.conclude("olga")["wait"] == 50_000
    assert mover.status()["phase"] == "move"
    move.now = NOW + SETTLE
    assert mover.conclude("olga")["phase"] == "verify"


def test_a_step_out_of_turn_is_refused(move: Move) -> None:
    mover = move.mover()
    assert mover.status() == {"phase": "none"}
    with pytest.raises(Refused):
        mover.work(0, ample_budget())
    mover.begin("olga", 1)
    with pytest.raises(Refused):
        mover.conclude("olga")
    with pytest.raises(Refused):
        mover.work(1, ample_budget())
    move.run()
    with pytest.raises(Refused):
        mover.work(0, ample_budget())


def test_killed_at_any_call_a_run_goes_on_and_ends(move: Move) -> None:
    move.write(*RECORDS)
    calls: list[str] = []
    move.hook = lambda when, name: calls.append(f"{when} {name}")
    move.run()
    assert len(calls) > 40
    for at in range(0, len(calls), 3):
        move.old, move.new = move.new, move.old
        steps = iter(count())

        def kill(_when: str, _name: str, at: int = at, steps: Iterator[int] = steps) -> None:
            if next(steps) == at:
                raise Killed

        move.now += 1_000_000
        move.hook = kill
        with pytest.raises(Killed):
            move.run()
        move.hook = lambda _when, _name: None
        assert move.run()["verified"] == {"current": len(RECORDS)}
        assert [move.read(each, move.new) for each in RECORDS] == RECORDS


def test_orders_that_come_again_while_the_vault_moves_give_the_same_bytes(move: Move) -> None:
    events = [stream_record(order(order_id=f"SO-{at}"), at) for at in range(5)]
    move.aws.tokenizer().tokenize_batch(events, ample_budget())
    first = {each["detail"]["data"]["order"]["order_id"]: each["detail"] for each in move.aws.events()}
    move.run()
    replace_key = replace(move.aws.settings, vault_key_arn=move.new)
    tokenize.tokenizer(replace_key).tokenize_batch(events, ample_budget())
    again = {each["detail"]["data"]["order"]["order_id"]: each["detail"] for each in move.aws.events()}
    assert again == first
    assert set(move.run()["verified"]) == {"current"}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_records_of_every_page_are_moved_the_last_one_too(
    move: Move, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Pages of two: with fewer records than a page, as many, and one more than whole pages."""
    monkeypatch.setattr(movable_vault, "PAGE", 2)
    asked: list[str] = []
    move.hook = lambda when, name: asked.append(name) if when == "before" else None
    move.write(*RECORDS[:count])
    told = move.run()
    assert (told["moving"]["moved"], told["verified"]) == (count, {"current": count})
    assert [move.read(each, move.new) for each in RECORDS[:count]] == RECORDS[:count]
    assert asked.count("Scan") >= 2 * ((count + 1) // 2), "moved and verified page by page"
