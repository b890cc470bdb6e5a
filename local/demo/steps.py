"""Defines the demo's steps: each does one thing on the stack, shows it, and returns the figures it measured."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep

from local.data.orders import encode
from local.demo import checks
from local.demo.actors import Consumer, Operator, run_replay, wait_until
from local.demo.analyst import Analyst
from local.demo.checks import Figure, Received
from local.demo.leaks import LeakSearch, leaks_of_own
from local.demo.raw_answers import answers
from local.demo.verifications import attempts, content_of, deliver_again, function_logs, keys_of
from local.demo.view import View
from local.demo.workload import Workload, send, send_held
from local.emulator import schema_bug
from local.emulator.stack import Stack

_AGAIN = 20  # records of the stream that are delivered once more
_POLL_SECONDS = 0.25


@dataclass
class Steps:
    """Holds one run on a stack that is up."""

    stack: Stack
    view: View
    workload: Workload
    consumer: Consumer
    operator: Operator
    analyst: Analyst | None
    deliveries: list[Received] = field(default_factory=list)

    def send(self) -> list[Figure]:
        """Puts everything on both sources, as the producer's role."""
        workload, total = self.workload, len(self.workload.raw_records)
        self.view.step(
            f"sending, as the producer: {self.view.number(len(workload.good))} good orders, some of them twice, and {len(workload.poison)} "
            f"poison records, on SQS, on Kinesis, and packed by KPL into {len(workload.packed)} Kinesis records"
        )
        producer = self.stack.assume(self.stack.outputs["ProducerRoleArn"])
        with self.view.progress("sent", total) as tick:
            taken = send(self.stack, producer, workload, tick)
        return [Figure("sent", taken, total, "a source refused records; may the producer's role put them?")]

    def receive(self) -> list[Figure]:
        """Receives as the consumer until every event has arrived."""
        good = self.workload.good
        self.view.step("receiving, as the consumer, from a queue that a rule on the bus feeds")
        with self.view.progress("received", len(good)) as tick:
            wait_until(
                lambda: len(checks.by_ingest_id(self.deliveries)) >= len(good), lambda: self._take(tick)
            )
        groups = checks.by_ingest_id(self.deliveries)
        pair = checks.example(good, groups)
        if pair is not None:
            self.view.beside(*pair)
        return checks.published(good, groups)

    def orders_table(self) -> list[Figure]:
        """Waits until the consumer behind the orders table has kept every order."""
        self.view.step("waiting for the consumer that keeps the orders table")
        wanted = {event["order"]["order_id"] for event in self.workload.good}
        kept: set[str] = set()

        def look() -> int:
            before = len(kept)
            kept.update(key.decode() for key in keys_of(self.stack, "OrdersTableName", "order_id"))
            if len(kept) == before:
                sleep(_POLL_SECONDS)
            return len(kept) - before

        wait_until(lambda: kept >= wanted, look)
        self.view.item(self.consumer.order(min(wanted)))
        return [Figure("in the orders table", len(kept), len(wanted), "see OnOrderSanitizedFunction's log")]

    def dead_letters(self) -> list[Figure]:
        """Reads the dead letters as the operator's role, and leaves them where they are."""
        self.view.step("reading the dead letters, as the operator")
        wanted = Counter(str(each.code) for each in self.workload.poison)
        operator = self.operator
        wait_until(lambda: len(operator.letters) >= wanted.total(), operator.receive)
        operator.put_back()
        found = checks.codes(operator.letters)
        if operator.letters:
            self.view.letters(min(operator.letters, key=len), found, wanted)
        hint = "compare the codes above; what is missing may be on UnprocessedQueueUrl, or still be retried"
        return [
            Figure("dead-lettered", found.total(), wanted.total(), hint),
            Figure("  with the right code", (found & wanted).total(), wanted.total(), hint),
        ]

    def deliver_again(self) -> list[Figure]:
        """Delivers published records once more, and compares the events."""
        times, good = Counter(self.workload.plain), {encode(event) for event in self.workload.good}
        chosen = [data for data in self.workload.plain if data in good and times[data] == 1][:_AGAIN]
        self.view.step(f"delivering {len(chosen)} Kinesis records to the tokenizing function a second time")
        before, seen = self._vault_keys(), len(self.deliveries)
        taken = deliver_again(self.stack, chosen)
        wait_until(lambda: len(self.deliveries) - seen >= taken, self._take)
        same = checks.same_again(self.deliveries[:seen], self.deliveries[seen:])
        new = len(self._vault_keys() - before)
        return [
            Figure(
                "delivered again, same bytes",
                same,
                len(chosen),
                "something in an event is not of its identity",
            ),
            Figure("  new vault records by that", new, 0, "a record id is not of its identity alone"),
        ]

    def replay(self) -> list[Figure]:
        """Lets a schema bug dead-letter orders, fixes it, and replays them with the operator's command."""
        held, outputs = self.workload.held, self.stack.outputs
        self.view.step(
            f"deploying a schema bug, and sending {len(held)} good orders into it, on both sources"
        )
        began, before = datetime.now(UTC), self._letters_waiting()
        with schema_bug.deployed(self.stack):
            send_held(self.stack, self.stack.assume(outputs["ProducerRoleArn"]), self.workload)
            wait_until(lambda: self._letters_waiting() >= before + len(held), self._wait)
            lettered = self._letters_waiting() - before
        self.view.step("fixing it, and typing `replay run --apply` as the operator")
        known = set(checks.by_ingest_id(self.deliveries))
        answer = run_replay(self.stack, "--since", began.isoformat())
        wanted = {event["event_id"] for event in held}

        def replayed() -> set[str]:
            return {each.metadata["event_id"] for each in self.deliveries if each.ingest_id not in known}

        wait_until(lambda: replayed() >= wanted, self._take)
        hint = answer.get("hint") or "`replay list` shows what stays on the queue, and why"
        return [
            Figure("dead-lettered by a schema bug", lettered, len(held), "did the functions take the layer?"),
            Figure("replayed after the fix", answer["statuses"].get("published", 0), len(held), hint),
            Figure("  and published since", len(replayed() & wanted), len(held), hint),
        ]

    def _wait(self) -> int:
        """Sleeps while others work; returns how many letters came, since each of them renews the patience of a wait."""
        before = self._letters_waiting()
        sleep(_POLL_SECONDS)
        return self._letters_waiting() - before

    def _letters_waiting(self) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.stack.client("sqs").get_queue_attributes(
            QueueUrl=self.stack.outputs["DeadLetterQueueUrl"], AttributeNames=[name]
        )
        return int(answer["Attributes"][name])

    def refuse(self) -> list[Figure]:
        """Tries, as the consumer, what it must not do."""
        tried = attempts(self.stack, self.consumer.credentials)
        self.view.attempts(tried)
        hint = "a role or a key policy of template.yaml allows too much, or the stack enforces none"
        return [Figure("refused to the consumer", sum(each.refused for each in tried), len(tried), hint)]

    def analyse(self) -> list[Figure]:
        """Asks the lake the analyst's questions, and compares its answers with those from the raw orders."""
        analyst = self.analyst
        if analyst is None:
            self.view.step("the lake is left out: its module is not deployed")
            return []
        self.view.step(
            "asking, as the analyst, three questions of the files in the lake: they hold tokens alone"
        )
        sent = (*self.workload.good, *self.workload.held)
        kept = files = 0

        def look() -> int:
            nonlocal kept, files
            before, files = files, analyst.fetch()
            kept = analyst.records() if files > before else kept
            if files == before:
                sleep(_POLL_SECONDS)
            return files - before

        wait_until(lambda: kept >= len(sent), look)
        compared = analyst.compare(answers(sent))
        for each in compared:
            self.view.answer(each.question.asks, each.answer.columns, each.rows(), len(each.answer.rows))
        tried = attempts(self.stack, analyst.credentials)
        hint = "see delivery.log in the stack's folder, and the tables above"
        return [
            Figure("in the lake", kept, len(sent), hint),
            Figure("analyst's answers, as raw", sum(each.equal for each in compared), len(compared), hint),
            Figure(
                "refused to the analyst",
                sum(each.refused for each in tried),
                len(tried),
                "the analyst's role allows too much",
            ),
        ]

    def search_for_leaks(self) -> list[Figure]:
        """Looks for every raw value wherever somebody without the vault key can read."""
        places = self._places()
        self.view.step(
            f"searching {sum(map(len, places.values())) / 1e6:.1f} MB for {self.view.number(len(self.workload.sensitive))} raw values: "
            + ", ".join(places)
        )
        search, control = (
            LeakSearch(self.workload.sensitive),
            LeakSearch(checks.values_of(self.workload.good)),
        )
        found = {place: search.find(content) for place, content in places.items()}
        found["own event"] = leaks_of_own(self.workload.good, checks.by_ingest_id(self.deliveries))
        raw = b"\n".join(encode(event) for event in self.workload.good)
        where = ", ".join(f"{len(values)} in {place}" for place, values in found.items() if values)
        empty = ", ".join(place for place, content in places.items() if not content)
        return [
            Figure(
                "places searched",
                sum(map(bool, places.values())),
                len(places),
                f"nothing to search in: {empty}",
            ),
            Figure(
                "  same search, raw orders",
                len(control.find(raw)),
                control.values,
                "the search itself is broken",
            ),
            Figure("leaked", len(set().union(*found.values())), 0, where),
        ]

    def _places(self) -> Mapping[str, bytes]:
        places = {
            "consumer's queue": "\n".join(each.body for each in self.deliveries).encode(),
            "dead letters": "\n".join(self.operator.letters).encode(),
            "orders table": content_of(self.stack, "OrdersTableName"),
            "vault as stored": content_of(self.stack, "VaultTableName"),
            "blind index": content_of(self.stack, "BlindIndexTableName"),
            "function logs": function_logs(self.stack),
        }
        return places | ({"lake": self.analyst.content()} if self.analyst else {})

    def _vault_keys(self) -> frozenset[bytes]:
        return keys_of(self.stack, "VaultTableName", "id") | keys_of(self.stack, "BlindIndexTableName", "id")

    def _records(self) -> int:
        return len({each.ingest_id for each in self.deliveries})

    def _take(self, tick: Callable[[int], None] = lambda _: None) -> int:
        before, new = self._records(), self.consumer.receive()
        self.deliveries += new
        tick(self._records() - before)
        return len(new)
