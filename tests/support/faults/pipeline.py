"""Both sources, the account, and the oracle: what must be true once the world is well again."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

from schemas.dead_letter import DeadLetter, ErrorCode
from tests.support.fakes.world import ample_budget
from tests.support.faults.aws import Aws
from tests.support.faults.lambda_service import SETTINGS, Queue, Stream, queue_settings, tokenizer
from tests.support.faults.releases import Release
from tokenizer import json_text
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT, vault_context
from tokenizer.aws.pipeline.alias_lookup import AliasLookup
from tokenizer.aws.pipeline.index_items import index_entry
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.replay.stream import is_failure_record
from tokenizer.aws.vault import token_keys
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader
from tokenizer.aws.vault.materials import VaultReaderMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultReader
from tokenizer.errors import PipelineError
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.records import VaultRecord, milliseconds
from tokenizer.reveal.lookup import reveal
from tokenizer.vault.tokens import Pointer, SubjectKey, Versions, is_token

_TOKEN = re.compile(r"tok_[0-9a-hjkmnp-tv-z]{26}")
_CONSISTENT = ("email", "phone")  # fields of a customer
_MOST_STEPS = 4_000
_TELLING = 8  # characters that stand nowhere by chance


class Endless(AssertionError):
    """Says that something is delivered for ever."""


@dataclass(frozen=True)
class Sent:
    """A record that a producer sent.

    Args:
        place: stream position or message id.
        code: of the letter that it must become; None for one that must be published.
        sensitive: values in it that nobody may see, beside those that begin with `canary`.
    """

    place: str
    source: str
    data: bytes
    code: ErrorCode | None
    sensitive: frozenset[str]

    @property
    def event_id(self) -> str:
        return str(json.loads(self.data)["event_id"])


class _Oracle(VaultReader):
    """Reads the vault past all faults, and opens an item anew only if it is another than last time."""

    def __init__(self, items: Mapping[str, Any], materials: VaultReaderMaterials) -> None:
        """Reads these items, by the key that the account knows them by."""
        nobody: Any = None
        super().__init__(nobody, "vault", "vault", materials, lambda: 0.0)
        self._all = items
        self._known: dict[bytes, tuple[Any, VaultRecord | None]] = {}

    def _get(self, ids: Sequence[bytes], _: Any) -> tuple[dict[bytes, Any], dict[bytes, PipelineError]]:
        return {each: self._all[each.hex()] for each in ids if each.hex() in self._all}, {}

    def _opened(self, record_id: bytes, item: Any) -> VaultRecord | None:
        if record_id not in self._known or self._known[record_id][0] != item:
            self._known[record_id] = item, super()._opened(record_id, dict(item))
        return self._known[record_id][1]


class Pipeline:
    """The deployed pipeline in a box. Its functions may run any of some releases."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        aws.missing = self._missing
        self.releases: tuple[Release, ...] = (Release(),)
        self.stream = Stream(aws)
        self.queue = Queue(aws)
        self.sent: list[Sent] = []
        self._subject_keys: Versions[SubjectKey] | None = None
        self._readers: dict[Release, RecordReader] = {}
        self._made: dict[str, int] = {}
        self._vault: tuple[VaultReader, AliasLookup] | None = None  # kept, with the data keys that it opened

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(self.aws.installed())
            stack.enter_context(queue_settings())
            self._provision()
            yield

    def another_key(self, name: str) -> None:
        """Makes another version of a key, which begins after a while."""
        self._made[name] = self._made.get(name, 1) + 1
        self._subject_keys = None
        self._readers = {}
        with self.well():
            self._provision()

    def _provision(self) -> None:
        token_keys.provision(*self._keys(), versions=self._made, now=int(self.aws.clock.now * 1000))

    def send(
        self, source: str, data: bytes, code: ErrorCode | None = None, sensitive: frozenset[str] = frozenset()
    ) -> Sent:
        place = self.stream.put(data) if source == "stream" else self.queue.put(data)
        sent = Sent(place, source, data, code, sensitive)
        self.sent.append(sent)
        return sent

    def drain(self) -> None:
        """Lets the mappings work until nothing is left to deliver; no fault may be on."""
        for _ in range(_MOST_STEPS):
            if self.stream.drained and self.queue.drained:
                return
            if not self.stream.drained:
                self.stream.step()
            if not self.queue.drained:
                self.queue.step()
        raise Endless("deliveries do not come to an end")

    def violations(self) -> list[str]:
        """Returns what is wrong after `drain`; nothing if the pipeline keeps its promises."""
        return [
            *self._early(),
            *self._lost(),
            *self._differing(),
            *self._unjoined(),
            *self._undone(),
            *self._wrong_values(),
            *self._leaks(),
        ]

    def details(self) -> dict[str, list[dict[str, Any]]]:
        """Returns the published events by event id."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in self.aws.bus:
            detail = json.loads(event.detail)
            found[detail["metadata"]["event_id"]].append(detail)
        return found

    def positions(self) -> dict[str, str]:
        """Returns what the letters say that hold a position alone, by the place of their record."""
        documents = [json.loads(body) for body in self.aws.messages]
        return {
            each["KinesisBatchInfo"]["startSequenceNumber"]: each["requestContext"]["condition"]
            for each in documents
            if is_failure_record(json.dumps(each))
        }

    def letters(self) -> dict[str, list[DeadLetter]]:
        """Returns the dead letters that hold their record, by its place."""
        found: dict[str, list[DeadLetter]] = defaultdict(list)
        for body in self.aws.messages:
            if is_failure_record(body):
                continue
            letter = DeadLetter.model_validate_json(body)
            found[str(letter.source.sequence_number or letter.source.message_id)].append(letter)
        return found

    def _missing(self, detail: str) -> list[str]:
        """Returns what an event rests on and is not there: vault records, entries of the blind index, shares."""
        tokens = set(_TOKEN.findall(detail))
        unreadable = tokens - self._revealed(sorted(tokens)).keys()
        return [
            *(f"the value of {token}" for token in sorted(unreadable)),
            *self._unnoted(json.loads(detail)),
        ]

    def _unnoted(self, detail: dict[str, Any]) -> Iterator[str]:
        customer = detail["data"]["order"]["customer"]
        arrived = datetime.fromisoformat(detail["metadata"]["ingested_at"])
        subject = self._subjects().at(milliseconds(arrived)).subject(customer["customer_id"])
        entries = {item["token"]["S"]: item for item in self.aws.table(SETTINGS.blind_index_table).values()}
        shares = self.aws.table(SETTINGS.shares_table)
        for token in (customer[name] for name in _CONSISTENT if customer.get(name)):
            entry = entries.get(token)
            if entry is None:
                yield f"the index entry of {token}"
                continue
            owner = index_entry(entry).owner
            share = shares.get(f"{Pointer.parse(token).record_id.hex()}/{subject}")
            if owner != subject and (share is None or share["owner"]["S"] != owner):
                yield f"the share of {token}"

    def readers(self) -> Mapping[Release, RecordReader]:
        """Returns how each release reads records, with the keys that there are. No fault may be on."""
        if self._readers.keys() != set(self.releases):
            keys = token_keys.load(*self._keys())
            with mock.patch.object(token_keys, "load", return_value=keys):
                self._readers = {release: tokenizer(release).reader for release in self.releases}
        return self._readers

    def _subjects(self) -> Versions[SubjectKey]:
        """Returns the keys that name customers, opened past all faults."""
        if self._subject_keys is None:
            with self.well():
                self._subject_keys = token_keys.load_subject_keys(*self._keys())
        return self._subject_keys

    def _keys(self) -> tuple[Any, Any, str, str]:
        """Returns where the keys are, and what opens them."""
        aws = self.aws
        return aws.client("dynamodb"), aws.client("kms"), SETTINGS.token_keys_table, SETTINGS.token_key_arn

    def _revealed(self, tokens: list[str]) -> dict[str, Any]:
        """Returns the values by token, read past all faults."""
        kms, dynamodb = (
            self.aws.client("kms"),
            self.aws.client("dynamodb"),
        )  # they answer for this account from here on
        if self._vault is None:
            keys = DataKeyReader(kms, [SETTINGS.vault_key_arn], vault_context("vault"), Bounds(), lambda: 0.0)
            vault = _Oracle(self.aws.table(SETTINGS.vault_table), VaultReaderMaterials(keys))
            self._vault = vault, AliasLookup(dynamodb, "aliases")
        with self.well():
            answers = reveal(tokens, *self._vault, ample_budget())
        return {token: answer.found.value for token, answer in answers.items() if answer.found}

    @contextmanager
    def well(self) -> Iterator[None]:
        """Takes all faults away for a while, without a trace in counts and clock."""
        fault, numbered, calls = self.aws.fault, self.aws.numbered, self.aws.calls.copy()
        now, deadline = self.aws.clock.now, self.aws.deadline
        self.aws.fault, self.aws.deadline = (lambda _number, _name: None), float("inf")
        yield
        self.aws.fault, self.aws.numbered, self.aws.calls = fault, numbered, calls
        self.aws.clock.now, self.aws.deadline = now, deadline

    def _early(self) -> Iterator[str]:
        return (f"published before there was {each}" for event in self.aws.bus for each in event.missing)

    def _lost(self) -> Iterator[str]:
        details, letters = self.details(), self.letters()
        for sent in self.sent:
            codes = {letter.error.code for letter in letters.get(sent.place, ())}
            if sent.code is not None:
                if (
                    codes - {ErrorCode.RETRIES_EXHAUSTED} != {sent.code}
                    and sent.place not in self.queue.unprocessed
                    and sent.place not in self.positions()
                ):
                    yield f"{sent.source} {sent.place}: must be a letter of {sent.code}, is {codes or 'none'}"
                continue
            exhausted = sent.source == "queue" and codes == {ErrorCode.RETRIES_EXHAUSTED}
            if codes and not exhausted:
                yield f"{sent.source} {sent.place}: a good record became a letter of {codes}"
            if sent.event_id not in details and not exhausted and sent.place not in self.queue.unprocessed:
                yield f"{sent.source} {sent.place}: is lost"
        yield from self._unopenable(letters)

    def _unopenable(self, letters: dict[str, list[DeadLetter]]) -> Iterator[str]:
        with self.well():
            context = LETTER_CONTEXT
            keys = DataKeyReader(
                self.aws.client("kms"), [SETTINGS.letter_key_arn], context, Bounds(), lambda: 0.0
            )
            for sent in self.sent:
                for letter in letters.get(sent.place, ()):
                    sealed = letter.sealed or self.aws.objects[str(letter.sealed_object)]
                    if Opener(keys).open(sealed, letter.source) != sent.data:
                        yield f"{sent.place}: its letter holds other bytes"

    def _differing(self) -> Iterator[str]:
        for event_id, details in self.details().items():
            contents: dict[str, dict[str, Any]] = {}
            for detail in details:
                if contents.setdefault(detail["metadata"]["rules"], detail) != detail:
                    yield f"{event_id}: published with differing contents under the same rules"
            if len({detail["metadata"]["ingest_id"] for detail in details}) > 1:
                yield f"{event_id}: has several ingest ids"
            ordinary = [detail["data"]["order"]["customer"]["name"] for detail in contents.values()]
            if len(set(ordinary)) < len(ordinary):
                yield f"{event_id}: has the same tokens under different rules"

    def _unjoined(self) -> Iterator[str]:
        tokens: dict[str, set[str]] = defaultdict(set)
        details = self.details()
        for sent in self.sent:
            if sent.code is None and sent.event_id in details:
                email = json.loads(sent.data)["order"]["customer"].get("email")
                if email:
                    tokens[email] |= {
                        each["data"]["order"]["customer"]["email"] for each in details[sent.event_id]
                    }
        return (f"one email has {len(each)} tokens" for each in tokens.values() if len(each) > 1)

    def _undone(self) -> Iterator[str]:
        """Yields what was there at an event's publishing and is gone now, and index entries that point at nothing."""
        for detail in {event.detail for event in self.aws.bus}:
            yield from (f"gone since: {each}" for each in self._unnoted(json.loads(detail)))
        yield from self._unlisted()
        tokens = {item["token"]["S"] for item in self.aws.table(SETTINGS.blind_index_table).values()}
        yield from (
            f"the index has {each}, which reveals nothing"
            for each in tokens - self._revealed(sorted(tokens)).keys()
        )

    def _unlisted(self) -> Iterator[str]:
        """Yields what no erasure would find: entries and values that are in no index by owner and in no list."""
        lists, vault = ValueLists(self._subjects()), self.aws.table(SETTINGS.vault_table)
        found: set[tuple[str, bytes]] = set()
        for item in vault.values():
            if "uses" in item:
                record_id, arrived = bytes.fromhex(item["id"]["S"]), int(item["arrived"]["S"])
                subject = item["owner"]["S"].partition(".")[0]
                for use in lists.open(bytes(item["uses"]["B"]), record_id, subject, arrived):
                    found |= {(subject, use.blind_index), (subject, use.record_id)}
        for table in (vault, self.aws.table(SETTINGS.blind_index_table)):
            for item in table.values():
                if "subject" in item and (item["subject"]["S"], bytes.fromhex(item["id"]["S"])) not in found:
                    yield f"no list has {item['id']['S']}"

    def _wrong_values(self) -> Iterator[str]:
        details = self.details()
        for sent in self.sent:
            # Under each of the rules by which it was published: no token dies because of a later delivery.
            published = details.get(sent.event_id, ()) if sent.code is None else ()
            for detail in {each["metadata"]["rules"]: each for each in published}.values():
                raw, shown = json_text.parse(sent.data)["order"], detail["data"]["order"]
                pairs = [
                    (shown["customer"][k], raw["customer"][k])
                    for k in shown["customer"]
                    if k in raw["customer"]
                ]
                pairs += [(shown[k], raw[k]) for k in shown]
                expected = {
                    token: value for token, value in pairs if isinstance(token, str) and is_token(token)
                }
                if self._revealed(list(expected)) != expected:
                    yield f"{sent.event_id}: its tokens reveal something else"

    def _leaks(self) -> Iterator[str]:
        written = "".join([event.detail for event in self.aws.bus]) + "".join(self._open_parts())
        tables = repr({name: table for name, table in self.aws.tables.items() if name != "token-keys"})
        for sent in self.sent:
            canaries = {each.decode() for each in re.findall(rb"canary[a-z0-9]+", sent.data)}
            for canary in canaries | {value for value in sent.sensitive if len(value) >= _TELLING}:
                if canary in written or canary in tables:
                    yield f"{sent.place}: {canary} leaked"

    def _open_parts(self) -> Iterator[str]:
        for body in self.aws.messages:
            letter = json.loads(body)
            yield json.dumps({key: value for key, value in letter.items() if key != "sealed"})
            yield base64.b64decode(letter.get("sealed", "")).decode("latin-1")
