"""Sends marked values through every path of a running stack, and collects what people are told."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.data.poison import poisons_of
from local.emulator import lifecycle, users
from local.emulator.stack import Stack
from tests.support import forked
from tests.support.e2e.canary_marks import BROKEN, CARD, EMAIL, PASTED, SECOND_CARD, canary_order
from tests.support.e2e.functions import failure_record, settle_after
from tests.support.e2e.proxy import Weather, between
from tests.support.e2e.stack import Api, Subscriber, drain, eventually, put, send

BY_ALIAS = {"EraseFunctionName", "RevealFunctionName"}  # where it shows that no API asks for somebody
TOKENIZING = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")
SEED = 20_261_124


class Walk:
    """One walk through a stack."""

    def __init__(self, on: Stack, directory: Path) -> None:
        """`directory` is the stack's own, named `.local` so that the commands find it."""
        self.on = on
        self._directory = directory
        self.told: list[
            Any
        ] = []  # what callers and operators were answered; they may see no value, but who reveals one
        self.subscriber = Subscriber(on, "canaries")

    def whole(self) -> None:
        """Everything, in an order in which each path finds what it needs."""
        self.sources()
        self.bad_weather()
        self.api()
        self.machines()
        self.replays()
        self.honey()
        self.rekeying()
        self.what_no_function_expects()
        self.erasure()
        self.audit()

    def core(self) -> None:
        """Every path that the core has alone, where people call its functions and no API does it for them."""
        email = self.sources()["data"]["order"]["customer"]["email"]
        self.replays()
        asked = {"tokens": [email], "purpose": "legal_request"}
        assert EMAIL in self._ask("RevealFunctionName", **asked)["tokens"][email]["value"]
        for number in ("S-1", "Q-1"):
            erased = self._ask("EraseFunctionName", customer_id=f"C-{number}", purpose="asked")
            assert erased["certificate"]["status"] == "erased", erased
            self.told.append(erased)
        self.audit()

    def sources(self) -> dict[str, Any]:
        """Stream and queue, and every kind of poison that the demo knows, on both; returns one of the events."""
        put(self.on, canary_order("S-1"))
        send(self.on, json.dumps(canary_order("Q-1")))
        for name, bad in (("B-1", {"total": CARD}), ("B-2", {"currency": BROKEN})):
            put(self.on, canary_order(name, **bad))
            send(self.on, json.dumps(canary_order(name, **bad)))
        stream = self.on.outputs["RawOrdersStreamName"]
        for each in poisons_of(canary_order("P-1")):
            self.on.client("kinesis").put_record(StreamName=stream, PartitionKey="p", Data=each.data)
            if each.is_text and len(each.data) < 250_000:
                send(self.on, each.data.decode())
        events = self.subscriber.receive(4)
        assert len(events) == 4  # a card number for a total is well-formed, and guarded
        return dict(events[0]["detail"])

    def bad_weather(self) -> None:
        """Orders while three of ten calls of AWS fail in every way that the faults' tests know."""
        weather = Weather(0.3, SEED)
        with between(self.on.endpoint_url, weather) as url, self._behind(url):
            for number in range(30):
                put(self.on, canary_order(f"W-{number}"))
                send(self.on, json.dumps(canary_order(f"V-{number}")))
            assert eventually(lambda: sum(weather.struck.values()) > 10)
            weather.bad = False
            assert len(self.subscriber.receive(60)) >= 60

    @contextmanager
    def _behind(self, url: str) -> Iterator[None]:
        functions, before = self.on.client("lambda"), {}
        for name in (self.on.outputs[each] for each in TOKENIZING):
            before[name] = functions.get_function_configuration(FunctionName=name)["Environment"]
            variables = {**before[name]["Variables"], "AWS_ENDPOINT_URL": url}
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        queue = self.on.outputs["RawOrdersQueueUrl"]
        self.on.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})
        yield
        for name, environment in before.items():
            functions.update_function_configuration(FunctionName=name, Environment=environment)

    def api(self) -> None:
        """People, in every verb, and what they must not ask."""
        calls = {
            groups[-1]: Api(self.on, users.sign_in(self.on, *groups))
            for groups in (("shop", "support", "payments"), ("compliance",), ("analytics",))
        }
        payments, compliance, tell = calls["payments"], calls["compliance"], self.told.append
        answer = payments("POST", "/orders", canary_order("A-1"))
        assert answer[0] == 202
        waited = payments("POST", "/orders", canary_order("A-2"), Prefer="wait", Idempotency_Key=CARD)
        assert waited[0] == 201
        tell([answer, waited])
        tell(payments("POST", "/orders", canary_order("A-2"), Prefer="wait", Idempotency_Key=CARD))
        tell(payments("POST", "/orders", canary_order("A-3", total=CARD), Prefer="wait"))
        tell(payments("POST", "/orders", canary_order("A-5", currency=BROKEN), Prefer="wait"))
        tell(payments("POST", "/orders", json.dumps(canary_order("A-4")).encode()[:-9]))
        values = [{"kind": "card_number", "value": SECOND_CARD}, {"kind": "email", "value": EMAIL}]
        status, body = payments("POST", "/tokens", {"values": values, "customer_id": "C-A-2"})
        assert status == 201, body
        tell(body)
        tell(payments("POST", "/tokens", {"values": [{"kind": "soul", "value": SECOND_CARD}]}))
        asked = {"tokens": [*body["tokens"], CARD, EMAIL], "purpose": "legal_request"}
        revealed = compliance("POST", "/tokens/reveal", asked)[1]["tokens"]
        assert revealed[body["tokens"][1]]["value"] == EMAIL
        calls["analytics"]("POST", "/tokens/reveal", asked)  # its answer names what was asked for
        payments("POST", "/tokens/reveal", {**asked, "purpose": PASTED})
        assert eventually(lambda: payments("GET", "/orders/A-2")[0] == 200)
        tell(payments("GET", "/orders/A-2"))
        paid = payments("POST", "/orders/A-2/payments", {}, Idempotency_Key=SECOND_CARD)
        assert paid[0] == 201, paid
        tell(paid)
        for method, path in (
            ("POST", f"/orders/{CARD}/payments"),
            ("GET", f"/orders/{CARD}"),
            ("PUT", f"/{CARD}"),
        ):
            tell(payments(method, path, {}, Idempotency_Key="p"))
        tell(Api(self.on, f"Bearer {CARD}")("GET", "/orders/A-2"))

    def machines(self) -> None:
        """A machine's orders and tokens."""
        machine = Api(self.on, None, **users.machine(self.on))
        waited = machine("POST", "/machine/orders", canary_order("M-1"), Prefer="wait")
        assert waited[0] == 201, waited
        self.told.append(waited)
        self.told.append(machine("POST", "/machine/tokens", {"values": [{"kind": "email", "value": EMAIL}]}))
        self.told.append(machine("GET", f"/machine/orders/{CARD}"))

    def replays(self) -> None:
        """Letters replayed, shown, edited, put away and brought back; positions, the stream, unprocessed messages."""
        queue = self.on.outputs["DeadLetterQueueUrl"]
        letters = drain(self.on.client("sqs"), queue, 12)
        assert len(letters) > 10
        sealed = next(each for each in letters if "invalid_field" in each)
        self._replay(letters=letters)
        patch = [{"op": "replace", "path": "/order/currency", "value": "canarius edited in"}]
        self._replay(action="show", letters=[sealed])
        self._replay(action="edit", letters=[sealed], patch=patch, purpose=PASTED)
        fixed = [{"op": "replace", "path": "/order/currency", "value": "EUR"}]
        self._replay(action="edit", letters=[sealed], patch=fixed, purpose="fixing")
        whole = [{"op": "replace", "path": "", "value": canary_order("E-1", total=CARD)}]
        self._replay(action="edit", letters=[sealed], patch=whole, purpose="fixing")
        self._replay(action="open", letters=[sealed], paths=["/order/total"], purpose=PASTED)
        self._replay(action="reveal", letters=[sealed], purpose=PASTED)
        self._replay(action="ask_approval", letters=[sealed], ids=[PASTED], patch=whole, purpose=PASTED)
        self._replay(action="approvals")
        self._replay(action="quarantine", letters=[sealed], ids=["hopeless"], reason=PASTED)
        self._replay(action="restore", ids=["hopeless"], reason=PASTED)
        shards = self._replay(action="shards")["shards"]
        self._replay(action="stream", shard=shards[0], position={"Type": "TRIM_HORIZON"})
        sequence = put(self.on, canary_order("S-2"))
        self._replay(letters=[json.dumps(failure_record(self.on, sequence, sequence, 1))])
        for body in (json.dumps(canary_order("U-1")), json.dumps(canary_order("U-2"))[:-9]):
            self.on.client("sqs").send_message(
                QueueUrl=self.on.outputs["UnprocessedQueueUrl"], MessageBody=body
            )
        assert self._replay(action="unprocessed")["results"]
        for letter in letters:
            self.on.client("sqs").send_message(QueueUrl=queue, MessageBody=letter)

    def _replay(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._ask("ReplayFunctionName", **{"operator": "ops", **request})
        self.told.append(answer)
        return answer

    def honey(self) -> None:
        """Honey tokens, whose notes are free text."""
        for note in (PASTED, "in the wiki"):
            self.told.append(
                self._ask(
                    "HoneyFunctionName", action="seed", kind="email", count=1, note=note, operator="ann"
                )
            )
        self.told.append(self._ask("HoneyFunctionName", action="list", operator="ann"))

    def what_no_function_expects(self) -> None:
        """Requests of no form that a function knows; what it throws is in its log and in Lambda's answer."""
        order = json.dumps(canary_order("X-1"))
        odd = (
            order,
            {"Records": [{"body": order}]},
            {"Records": [{"kinesis": {"data": order}}]},
            [order],
            {"tokens": order},
        )
        for function in self.on.client("lambda").list_functions()["Functions"]:
            for payload in odd:
                answer = self.on.client("lambda").invoke(
                    FunctionName=function["FunctionName"], Payload=json.dumps(payload).encode()
                )
                self.told.append([function["FunctionName"], answer["Payload"].read().decode()])

    def rekeying(self) -> None:
        """The vault moves to its other key, and orders come meanwhile."""
        moving = {"Rekeying": "true", "VaultKeySlot": "green"}
        lifecycle.update(self._directory, self.on, {"Rekeying": "true"})
        self.on = lifecycle.update(self._directory, self.on, moving)
        settle_after(self.on)
        put(self.on, canary_order("K-1"))
        self.told.append(self._command("rekey", "run"))
        self._ask("RevealFunctionName", tokens=[CARD], purpose=PASTED)  # its answer names what was asked for

    def erasure(self) -> None:
        """A customer is erased, for a purpose that is none, too."""
        compliance = Api(self.on, users.sign_in(self.on, "compliance"))
        self.told.append(compliance("DELETE", "/customers/C-A-2"))
        assert self.told[-1][0] == 200, self.told[-1]
        assert compliance("DELETE", f"/customers/{CARD}")[0] == 200  # its answer names whom it was asked for
        self.told.append(self._ask("EraseFunctionName", customer_id="C-S-1", purpose=PASTED))

    def audit(self) -> None:
        """The trail is checked, by the command of those who do."""
        self.told.append(self._command("audit", "verify"))

    def _command(self, *words: str) -> str:
        command = ["order-tokenizer", *words, "--json"]
        done = forked.run(command, cwd=self._directory.parent, environment=os.environ)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def _ask(self, function: str, **request: Any) -> Any:
        name = self.on.outputs[function]
        alias = {"Qualifier": "direct"} if function in BY_ALIAS else {}
        payload = json.dumps(request).encode()
        answer = self.on.client("lambda").invoke(FunctionName=name, Payload=payload, **alias)
        return json.loads(answer["Payload"].read())
