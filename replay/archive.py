"""Controls EventBridge's replays of the archive.

They send sanitized events to chosen rules, for consumers that lost data.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ops.errors import CommandError
from ops.explain import explained
from ops.stack import Stack
from replay.letters import NEEDS

_POLL_SECONDS = 5.0
_RUNNING = frozenset({"STARTING", "RUNNING", "CANCELLING"})


def start(
    stack: Stack, archive_arn: str | None, rules: Sequence[str], times: tuple[datetime, datetime]
) -> dict[str, Any]:
    """Starts a replay; returns its name and state."""
    events = stack.client("events")
    bus = stack.output("SanitizedBusName")
    name = f"replay-{int(time.time())}"
    with explained("starting the archive's replay", NEEDS):
        bus_arn = _bus_arn(rules[0], bus)
        source = archive_arn or bus_arn.replace(":event-bus/", ":archive/")
        answer = events.start_replay(
            ReplayName=name,
            EventSourceArn=source,
            EventStartTime=times[0],
            EventEndTime=times[1],
            Destination={"Arn": bus_arn, "FilterArns": list(rules)},
        )
    return {"name": name, "state": answer["State"]}


def status(stack: Stack, name: str) -> dict[str, Any]:
    """Returns the state of a replay."""
    with explained(f"looking for the replay {name}", NEEDS):
        answer = stack.client("events").describe_replay(ReplayName=name)
    replayed = answer.get("EventLastReplayedTime")
    return {
        "name": name,
        "state": answer["State"],
        "replayed_until": replayed.isoformat() if replayed else None,
    }


def watch(stack: Stack, name: str) -> dict[str, Any]:
    """Waits until a replay ends; returns its last state."""
    while (found := status(stack, name))["state"] in _RUNNING:
        time.sleep(_POLL_SECONDS)
    return found


def cancel(stack: Stack, name: str) -> dict[str, Any]:
    """Cancels a replay."""
    with explained(f"cancelling the replay {name}", NEEDS):
        answer = stack.client("events").cancel_replay(ReplayName=name)
    return {"name": name, "state": answer["State"]}


def _bus_arn(rule_arn: str, bus: str) -> str:
    """Returns the ARN of the bus in a rule's ARN.

    Raises:
        CommandError: the rule belongs to another bus.
    """
    head, found, rest = rule_arn.partition(":rule/")
    if not found or not rest.startswith(f"{bus}/"):
        raise CommandError(
            f"{rule_arn} is no rule of the bus {bus}",
            f"`aws events list-rules --event-bus-name {bus}` lists them",
        )
    return f"{head}:event-bus/{bus}"
