"""The attackers are people who may ask, approve or replay, and would rather not need the other one.

They hold the operators' role, the approvers' role, or both; ID tokens of their own; a letter that is on the queue; and
approvals that somebody gave for something else.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.world import ample_budget
from tests.support.pool_tokens import Objects, pool_tokens, token
from tests.support.samples import CANARIES, order
from tokenizer.authorization.approvals import APPROVAL_REFUSED, VALID_SECONDS
from tokenizer.aws.replay.invocation import Invocation
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import APPROVE, DIRECT, Caller, administrator
from tokenizer.errors import Refused, Unavailable
from tokenizer.replay.messages import APPROVAL_NEEDED

SSN = "219-09-1234"
PATCH = [{"op": "replace", "path": "/order/customer/ssn", "value": SSN}]
QUEUE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
STREAM = LetterSource(stream="s", shard="shardId-0", sequence_number="1", arrived_at="2026-11-23T10:15:01Z")
RECORD = json.dumps(order()).encode()
LETTERS = {
    "letter": Opened(QUEUE, RECORD),
    "from the stream": Opened(STREAM, RECORD),
    "of another message": Opened(QUEUE.model_copy(update={"message_id": "m-2"}), RECORD),
    "edited before": Opened(QUEUE.model_copy(update={"edited": "0" * 24}), RECORD),
    "with another record": Opened(QUEUE, json.dumps(order(total="1.00")).encode()),
    "with a space more": Opened(QUEUE, RECORD + b" "),
}
OLGA: dict[str, Any] = {"sub": "olga", "cognito:groups": ["operators"]}
PAUL: dict[str, Any] = {"sub": "paul", "cognito:groups": ["compliance"]}
TOKENS = pool_tokens(Objects("first"), time.time)  # type: ignore[arg-type]  # the clock of the tokens, not of the import


class _Letters:
    def open(self, body: str) -> Opened:
        return LETTERS[body]


class _Tokenizers:
    """Publishes, and keeps how many lines the trail had then."""

    def __init__(self, audit: FakeAudit) -> None:
        self._audit = audit
        self.published: list[int] = []

    def tokenize(self, entries: list[Any]) -> list[dict[str, Any]]:
        self.published.append(len(self._audit.lines))
        return [{"status": "published"} for _ in entries]


class Scene:
    """The replay function, as people with ID tokens of the pool use it."""

    def __init__(self) -> None:
        self.audit = FakeAudit()
        self.tokenizers = _Tokenizers(self.audit)
        self.at = Replaying(_Letters(), self.tokenizers, self.audit)

    def __call__(
        self, action: str, who: Mapping[str, Any] | str | None, alias: str = "", **asked: Any
    ) -> dict[str, Any]:
        id_token = who if isinstance(who, str | None) else token(**who)
        event = {"action": action, "letters": ["letter"], "operator": "arn:any", **asked}
        named = {"id_token": id_token} if id_token else {}
        return self.at.service.serve(event | named, Invocation(alias, self.caller(alias), ample_budget()))

    def caller(self, alias: str) -> Callable[[str | None], Caller]:
        def signed_in(id_token: str | None) -> Caller:
            if id_token is None and alias == DIRECT:
                return administrator()
            if id_token is None:
                raise Refused("unauthorized", "an ID token is needed")
            return TOKENS.person(id_token)

        return signed_in

    def asked(self, who: Mapping[str, Any] | None = None, patch: Any = PATCH, purpose: str = "typo") -> str:
        given = {} if patch is None else {"patch": patch}
        answer = self("ask_approval", who or OLGA, ids=["id"], purpose=purpose, **given)
        return str(answer["approval"]["approval"])

    def approved(self, approval: str, who: Any = None, patch: Any = PATCH, **more: Any) -> dict[str, Any]:
        given = {} if patch is None else {"patch": patch}
        return self("approve", who or PAUL, APPROVE, approval=approval, **given, **more)

    def edited(
        self, approval: str | None, who: Any = OLGA, patch: Any = PATCH, **more: Any
    ) -> dict[str, Any]:
        named = {"approval": approval} if approval else {}
        return self("edit", who, **{"patch": patch, "purpose": "typo", **named, **more})

    def later(self, seconds: int) -> None:
        self.at.revealing.moment += timedelta(seconds=seconds)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def assert_refused(code: str, attack: Callable[[], Any], scene: Scene, match: str | None = None) -> None:
    """The attack is refused, publishes nothing, and its line holds no value."""
    before = len(scene.tokenizers.published)
    with pytest.raises(Refused, match=match) as caught:
        attack()
    assert caught.value.code == code
    assert len(scene.tokenizers.published) == before
    told = json.dumps(scene.audit.lines) + str(caught.value)
    assert not [each for each in (*CANARIES, SSN) if each in told]


def test_two_people_edit_once_and_both_stand_in_the_trail_before_it_is_done(scene: Scene) -> None:
    approval = scene.asked()
    assert scene.approved(approval)["approval"]["approver"] == "paul"
    (result,) = scene.edited(approval)["results"]
    assert result["status"] == "published"
    (lines_then,) = scene.tokenizers.published
    line = scene.audit.lines[lines_then - 1]
    assert (line["action"], line["proposer"], line["approver"]) == ("edit", "olga", "paul")
    assert [each["action"] for each in scene.audit.lines] == [
        "ask approval",
        "approve",
        "edit",
        "replay edited",
    ]
    assert SSN not in json.dumps([scene.audit.lines, [each.to_dict() for each in scene.at.store.every()]])


# One person: the same subject, whatever else their tokens, roles and sessions say.
ONESELF = {
    "with the same token": OLGA,
    "in both groups": {**OLGA, "cognito:groups": ["operators", "compliance"]},
    "in another session": {
        "sub": "olga",
        "cognito:groups": ["compliance"],
        "auth_time": -5,
        "jti": "another",
    },
    "under another name": {"sub": "olga", "cognito:username": "bea", "email": "bea@example.com"},
}


@pytest.mark.parametrize("again", ONESELF.values(), ids=list(ONESELF))
def test_nobody_approves_what_they_asked_for(scene: Scene, again: Mapping[str, Any]) -> None:
    approval = scene.asked()
    for name in ("arn:any", "arn:aws:sts::111122223333:assumed-role/approver/another"):
        attack = partial(scene.approved, approval, again, operator=name)
        assert_refused(APPROVAL_REFUSED, attack, scene, "what they asked for themselves")
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval), scene, "nobody has approved")


OTHER_PATCHES: dict[str, list[dict[str, Any]]] = {
    "another value": [{**PATCH[0], "value": "219-09-4321"}],
    "another field": [{**PATCH[0], "path": "/order/customer/name"}],
    "one operation more": [*PATCH, {"op": "replace", "path": "/order/total", "value": "1.00"}],
    "twice": [*PATCH, *PATCH],
    "another type": [{**PATCH[0], "value": 219091234}],
    "removed": [{"op": "remove", "path": "/order/customer/ssn"}],
}


@pytest.mark.parametrize("patch", OTHER_PATCHES.values(), ids=list(OTHER_PATCHES))
def test_an_approval_is_for_one_patch(scene: Scene, patch: list[dict[str, Any]]) -> None:
    approval = scene.asked()
    assert_refused(APPROVAL_REFUSED, lambda: scene.approved(approval, patch=patch), scene, "another patch")
    scene.approved(approval)
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval, patch=patch), scene, "another patch")
    assert scene.edited(approval)["results"], "the attack did not use it up"


@pytest.mark.parametrize("letter", [name for name in LETTERS if name != "letter"])
def test_an_approval_is_for_one_letter_and_its_record(scene: Scene, letter: str) -> None:
    approval = scene.asked()
    assert_refused(
        APPROVAL_REFUSED, lambda: scene.approved(approval, letters=[letter]), scene, "another letter"
    )
    scene.approved(approval)
    assert_refused(
        APPROVAL_REFUSED, lambda: scene.edited(approval, letters=[letter]), scene, "another letter"
    )


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, True), (1, True), (86_400, True)])
def test_an_approval_ends(scene: Scene, seconds: int, over: bool) -> None:
    first, second = scene.asked(), scene.asked()
    scene.approved(first)
    scene.later(VALID_SECONDS + seconds)
    if over:
        assert_refused(APPROVAL_REFUSED, lambda: scene.edited(first), scene, "it has ended")
        assert_refused(APPROVAL_REFUSED, lambda: scene.approved(second), scene, "it has ended")
    else:
        assert scene.edited(first)["results"]
        scene.approved(second)


def test_an_approval_serves_once(scene: Scene) -> None:
    approval = scene.asked()
    scene.approved(approval)
    scene.edited(approval)
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval), scene, "used already")
    assert_refused(APPROVAL_REFUSED, lambda: scene.approved(approval), scene, "used already")


def test_of_many_at_once_one_uses_an_approval(scene: Scene) -> None:
    approval = scene.asked()
    scene.approved(approval)
    together = threading.Barrier(8)
    ended: list[str] = []

    def use() -> None:
        together.wait()
        try:
            scene.edited(approval)
            ended.append("published")
        except Refused as why:
            ended.append(why.code)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(ended) == [APPROVAL_REFUSED] * 7 + ["published"]
    assert len(scene.tokenizers.published) == 1


def test_an_edit_that_fails_after_its_approval_was_used_is_not_approved_again(scene: Scene) -> None:
    approval = scene.asked()
    scene.approved(approval)
    scene.audit.down = True
    with pytest.raises(Unavailable):
        scene.edited(approval)
    scene.audit.down = False
    assert scene.tokenizers.published == []
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval), scene, "used already")


# Tokens that the pool did not sign for somebody who may approve.
FORGED: dict[str, str | None] = {
    "none": None,
    "by a key of the attacker's": token("forger", **PAUL),
    "of another client": token(**PAUL, aud="another"),
    "an access token": token(**PAUL, token_use="access"),
    "too old": token(**PAUL, exp=-3600),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=list(FORGED))
def test_nobody_is_made_up(scene: Scene, forged: str | None) -> None:
    approval = scene.asked()
    given = {"patch": PATCH, "approval": approval}
    assert_refused("unauthorized", lambda: scene("approve", forged, APPROVE, **given), scene)
    with pytest.raises(Refused, match="Extra inputs"):
        scene("approve", PAUL, APPROVE, **given, caller={"name": "paul", "groups": ["compliance"]})
    scene.approved(approval)
    assert_refused("unauthorized", lambda: scene.edited(approval, forged), scene)
    assert_refused("unauthorized", lambda: scene("ask_approval", forged, ids=["i"], purpose="p"), scene)


WITHOUT_THE_RIGHT = {
    "of support": {"sub": "sam", "cognito:groups": ["support"]},
    "another operator": {"sub": "otto", "cognito:groups": ["operators"]},
    "in no group": {"sub": "nick", "cognito:groups": []},
    "without a second factor": {**PAUL, "amr": ["pwd"]},
    "whose second factor is old": {**PAUL, "auth_time": -3600},
    "in a group called iam": {"sub": "ivan", "cognito:groups": ["iam"]},
}


@pytest.mark.parametrize("who", WITHOUT_THE_RIGHT.values(), ids=list(WITHOUT_THE_RIGHT))
def test_only_those_approve_whom_the_policies_permit(scene: Scene, who: Mapping[str, Any]) -> None:
    approval = scene.asked()
    assert_refused("denied", lambda: scene.approved(approval, who), scene)
    assert scene.audit.lines[-1]["refused"] == "denied"
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval), scene, "nobody has approved")


@pytest.mark.parametrize(
    "who", [PAUL, {"sub": "sam", "cognito:groups": ["support"]}, {"sub": "nick", "cognito:groups": []}]
)
def test_only_operators_ask(scene: Scene, who: Mapping[str, Any]) -> None:
    assert_refused("denied", lambda: scene.asked(who), scene)
    assert scene.at.store.every() == []


@pytest.mark.parametrize(
    "who", [PAUL, {"sub": "otto", "cognito:groups": ["operators"]}, {**OLGA, "cognito:groups": ["support"]}]
)
def test_an_approval_is_for_the_one_who_asked_and_still_may(scene: Scene, who: Mapping[str, Any]) -> None:
    approval = scene.asked()
    scene.approved(approval)
    assert_refused(APPROVAL_REFUSED, lambda: scene.edited(approval, who), scene)
    line = scene.audit.lines[-1]
    assert (line["action"], line["operator"], line["approval"]) == ("use approval", who["sub"], approval)


def test_an_approval_is_for_one_thing_and_purpose(scene: Scene) -> None:
    """Of a reveal for an edit, of an edit for a reveal, and either for another reason."""
    edit, reveal = scene.asked(), scene.asked(patch=None, purpose="repair")
    scene.approved(edit)
    scene.approved(reveal, patch=None)
    for attack in (
        lambda: scene("reveal", OLGA, purpose="typo", approval=edit),
        lambda: scene.edited(reveal, purpose="repair"),
        lambda: scene.edited(edit, purpose="another"),
        lambda: scene("reveal", OLGA, purpose="legal_request", approval=reveal),
        lambda: scene.edited("a-name-that-is-guessed"),
    ):
        assert_refused(APPROVAL_REFUSED, attack, scene)
    assert scene("reveal", OLGA, purpose="repair", approval=reveal)["record"] == RECORD.decode()


@pytest.mark.parametrize(
    ("alias", "actions"),
    [
        ("", {"approve"}),
        (
            APPROVE,
            {"edit", "reveal", "replay", "open", "ask_approval", "unprocessed", "quarantine", "restore"},
        ),
        (DIRECT, {"edit", "approve", "approvals", "ask_approval", "replay", "show", "open", "unprocessed"}),
    ],
)
def test_each_role_has_its_own_way_in(scene: Scene, alias: str, actions: set[str]) -> None:
    """Somebody with the operators' role can't approve, approvers replay nothing, and administrators only reveal."""
    more: dict[str, dict[str, Any]] = {
        "approve": {"approval": "a1", "patch": PATCH},
        "edit": {"purpose": "p", "patch": PATCH},
        "reveal": {"purpose": "p"},
        "open": {"purpose": "p", "paths": ["/order/total"]},
        "ask_approval": {"purpose": "p", "ids": ["i"]},
        "quarantine": {"ids": ["i"], "reason": "r"},
        "restore": {"ids": ["0192f0c8-1111-7abc-8def-000000000001"]},
    }
    for action in sorted(actions):
        event: dict[str, Any] = {"action": action, **more.get(action, {})}
        if action not in {"restore", "unprocessed", "approvals"}:
            event["letters"] = ["letter"]
        with pytest.raises(Refused, match="does not lead there") as caught:
            scene.at.service.serve(event, Invocation(alias, scene.caller(alias), ample_budget()))
        assert caught.value.code == "denied"


def test_an_administrator_is_nobody_that_an_approval_could_name(scene: Scene) -> None:
    approval = scene.asked(patch=None, purpose="repair")
    scene.approved(approval, patch=None)
    assert_refused(
        "unauthorized", lambda: scene("reveal", None, DIRECT, purpose="repair", approval=approval), scene
    )


def test_without_an_approval_a_sensitive_field_stays_as_it_is(scene: Scene) -> None:
    for who in (None, OLGA, PAUL):
        with pytest.raises(Refused) as caught:
            scene.edited(None, who)
        assert caught.value.code == APPROVAL_NEEDED
        assert scene.tokenizers.published == []


def test_a_request_tells_nothing_of_the_record_and_its_digest_nothing_of_the_patch(scene: Scene) -> None:
    """Whoever reads the table can't try out values: the record is the key."""
    first = scene.at.store.kept[scene.asked()]
    other = [{**PATCH[0], "value": order()["order"]["customer"]["ssn"]}]
    second = scene.at.store.kept[scene.asked(patch=other)]
    assert first.paths == second.paths == ("/order/customer/ssn",)
    assert first.digest != second.digest
    known = {first.digest} & {
        scene.at.store.kept[scene("ask_approval", OLGA, ids=["id"], purpose="typo", patch=PATCH, letters=[name])["approval"]["approval"]].digest
        for name in LETTERS
        if name != "letter"
    }  # fmt: skip
    assert not known
