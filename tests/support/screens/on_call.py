"""The faults of the runbook's alarms, as the stack in memory shows them: what counts, waits and is disabled then."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOUR = {
    "Received": 1200,
    "Published": 1200,
    "DeadLettered": 0,
    "ToRetry": 0,
    "Retried": 0,
    "Denied": 0,
    "Tampered": 0,
}


@dataclass(frozen=True)
class Fault:
    """Describes a stack while an alarm rings.

    Args:
        also: other alarms that ring with it.
        hour: counts of the last hour, where they are not those of a quiet one.
        waiting: messages that wait, by the output of their queue.
        lag: ages in seconds of the oldest record of the stream and of the queue.
        disabled: the output of a key that is disabled.
        letters: dead letters that wait.
        letters_days: their age in days.
    """

    also: tuple[str, ...] = ()
    hour: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    lag: tuple[int, int] = (1, 1)
    disabled: str = ""
    letters: int = 0
    letters_days: int = 0


FAULTS: Mapping[str, Fault] = {
    "DeniedAlarm": Fault(
        hour={"Published": 0, "ToRetry": 1200, "Denied": 1200}, disabled="VaultKeyArn", lag=(540, 540)
    ),
    "StreamErrorsAlarm": Fault(hour={"Received": 300, "Published": 300}, lag=(620, 1)),
    "QueueErrorsAlarm": Fault(
        hour={"Received": 900, "Published": 900}, waiting={"RawOrdersQueueUrl": 310}, lag=(1, 620)
    ),
    "UnprocessedAlarm": Fault(waiting={"UnprocessedQueueUrl": 3}),
    "RecordsDroppedAlarm": Fault(also=("IteratorAgeAlarm",), lag=(86_000, 1)),
    "LetterAgeAlarm": Fault(also=("LettersAlarm",), letters=2, letters_days=8),
    "IteratorAgeAlarm": Fault(hour={"Published": 700, "ToRetry": 500}, lag=(3_900, 1)),
    "QueueAgeAlarm": Fault(
        hour={"Published": 700, "ToRetry": 500}, waiting={"RawOrdersQueueUrl": 5_400}, lag=(1, 3_900)
    ),
    "TamperedAlarm": Fault(hour={"Published": 1199, "Tampered": 1}),
    "AuditFailedAlarm": Fault(),
    "RecordsRefusedAlarm": Fault(),
    "KeyChangesAlarm": Fault(disabled="VaultKeyArn"),
    "HoneyTokenAlarm": Fault(),
    "LettersAlarm": Fault(hour={"Published": 1188, "DeadLettered": 12}, letters=12),
    "StreamThrottlesAlarm": Fault(hour={"Received": 100, "Published": 100}, lag=(240, 1)),
    "QueueThrottlesAlarm": Fault(
        hour={"Received": 100, "Published": 100}, waiting={"RawOrdersQueueUrl": 1_100}, lag=(1, 240)
    ),
    "RetriedAlarm": Fault(hour={"Retried": 4_100}, lag=(95, 1)),
    "SweepsFailedAlarm": Fault(),
    "BudgetExceededAlarm": Fault(),
    "PaymentsDeclinedAlarm": Fault(),
    "RevealsDeniedAlarm": Fault(),
    "LakeStaleAlarm": Fault(),
    "LakeLettersAlarm": Fault(),
    "ConsumerLettersAlarm": Fault(),
}
