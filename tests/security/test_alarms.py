"""Tests every alarm against one table, and that each watches something that is there."""

from typing import NamedTuple

from local.emulator.package import ROOT
from tests.support.security.deployed import Stack, deployed
from tools.lint.rendered import ACCOUNT
from tools.lint.settled import REGION

MINUTE, HOUR, DAY = 60, 3600, 86400
ABOVE = "GreaterThanThreshold"


class Alarm(NamedTuple):
    """Holds what decides when an alarm rings.

    Args:
        metric: with its namespace.
        of: what the metric is of: the dimension's name and a resource's logical name.
        statistic: of the metric in a period.
        above: the threshold; the alarm rings for more.
        period: in seconds.
        periods: how many in a row.
    """

    metric: str
    of: tuple[str, str]
    statistic: str
    above: int
    period: int = MINUTE
    periods: int = 1


OURS = ("service", "order-tokenizer")
STREAM_FUNCTION = ("FunctionName", "TokenizeStreamFunction")
QUEUE_FUNCTION = ("FunctionName", "TokenizeQueueFunction")
WAITING, OLDEST = "AWS/SQS ApproximateNumberOfMessagesVisible", "AWS/SQS ApproximateAgeOfOldestMessage"


def ours(name: str, above: int = 0, period: int = MINUTE, periods: int = 1) -> Alarm:
    return Alarm(f"OrderTokenizer {name}", OURS, "Sum", above, period, periods)


ALARMS = {
    # something is lost, or could be
    "LettersAlarm": Alarm(WAITING, ("QueueName", "DeadLetterQueue"), "Maximum", 0),
    "LetterAgeAlarm": Alarm(OLDEST, ("QueueName", "DeadLetterQueue"), "Maximum", 7 * DAY, 5 * MINUTE),
    "UnprocessedAlarm": Alarm(WAITING, ("QueueName", "UnprocessedQueue"), "Maximum", 0),
    "RecordsDroppedAlarm": Alarm(
        "AWS/Lambda DroppedEventCount", ("EventSourceMappingUUID", "TokenizeStreamMapping"), "Sum", 0
    ),
    "LakeLettersAlarm": Alarm(WAITING, ("QueueName", "LakeDeadLetterQueue"), "Maximum", 0),
    "ConsumerLettersAlarm": Alarm(WAITING, ("QueueName", "ConsumerDeadLetterQueue"), "Maximum", 0),
    # something stands still
    "IteratorAgeAlarm": Alarm("AWS/Lambda IteratorAge", STREAM_FUNCTION, "Maximum", HOUR * 1000, MINUTE, 5),
    "QueueAgeAlarm": Alarm(OLDEST, ("QueueName", "RawOrdersQueue"), "Maximum", HOUR, 5 * MINUTE),
    "StreamErrorsAlarm": Alarm("AWS/Lambda Errors", STREAM_FUNCTION, "Sum", 0, MINUTE, 3),
    "QueueErrorsAlarm": Alarm("AWS/Lambda Errors", QUEUE_FUNCTION, "Sum", 0, MINUTE, 3),
    "StreamThrottlesAlarm": Alarm("AWS/Lambda Throttles", STREAM_FUNCTION, "Sum", 0, MINUTE, 3),
    "QueueThrottlesAlarm": Alarm("AWS/Lambda Throttles", QUEUE_FUNCTION, "Sum", 0, MINUTE, 3),
    "LakeStaleAlarm": Alarm(
        "AWS/Firehose DeliveryToS3.DataFreshness",
        ("DeliveryStreamName", "LakeDelivery"),
        "Maximum",
        HOUR,
        5 * MINUTE,
    ),
    "RetriedAlarm": ours("Retried", 1000, 5 * MINUTE, 3),
    "SweepsFailedAlarm": ours("SweepsFailed", 0, 15 * MINUTE, 4),
    # somebody does what nobody should
    "AuditFailedAlarm": ours("AuditFailed"),
    "BudgetExceededAlarm": ours("BudgetExceeded"),
    "DeniedAlarm": ours("Denied"),
    "HoneyTokenAlarm": ours("HoneyTokenAsked"),
    "KeyChangesAlarm": Alarm(WAITING, ("QueueName", "KeyChangesQueue"), "Maximum", 0),
    "PaymentsDeclinedAlarm": ours("PaymentDeclined", 20, 5 * MINUTE),
    "RecordsRefusedAlarm": ours("RecordsRefused"),
    "RevealsDeniedAlarm": ours("RevealsDenied", 100, 5 * MINUTE),
    "TamperedAlarm": ours("Tampered"),
}
# Somebody has to act at once: something is lost or stands still, or a wall has been touched. The others can wait for a day.
URGENT = {
    *(
        "AuditFailedAlarm",
        "DeniedAlarm",
        "HoneyTokenAlarm",
        "KeyChangesAlarm",
        "RecordsRefusedAlarm",
        "TamperedAlarm",
    ),
    *("IteratorAgeAlarm", "QueueAgeAlarm", "QueueErrorsAlarm", "StreamErrorsAlarm"),
    *("LetterAgeAlarm", "RecordsDroppedAlarm", "UnprocessedAlarm"),
}
URGENT_TOPIC, NOTICE_TOPIC = (
    f"arn:aws:sns:{REGION}:{ACCOUNT}:orders-alarms-{kind}" for kind in ("urgent", "notice")
)
# Each of these has the logical name of what it names; a metric's dimension has the physical one.
NAMED_BY = {
    "DeliveryStreamName": "DeliveryStreamName",
    "FunctionName": "FunctionName",
    "QueueName": "QueueName",
}
# What only puts the alarm into words, and the actions, which a test of their own has.
SAID = {"AlarmDescription", "AlarmName"}
ACTIONS = {"AlarmActions", "OKActions"}
DECIDES = {
    "ComparisonOperator",
    "Dimensions",
    "EvaluationPeriods",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
}


def dimension(stack: Stack, name: str, value: str) -> tuple[str, str]:
    """Returns a dimension with the logical name of what it is of; as it is, if it is of no resource that is there."""
    if name == "EventSourceMappingUUID":
        return name, value.removeprefix("orders-")
    property_name = NAMED_BY.get(name, "")
    found = [
        logical
        for logical, each in stack.resources.items()
        if property_name
        and each.get("Properties", {}).get(property_name) == value
        and "Mapping" not in logical
    ]
    return name, found[0] if len(found) == 1 else value


def watched(stack: Stack) -> dict[str, Alarm]:
    found = {}
    for name, each in stack.of("AWS::CloudWatch::Alarm").items():
        (one,) = each["Dimensions"]
        found[name] = Alarm(
            f"{each['Namespace']} {each['MetricName']}",
            dimension(stack, one["Name"], one["Value"]),
            each["Statistic"],
            each["Threshold"],
            each["Period"],
            each["EvaluationPeriods"],
        )
    return found


def test_every_alarm_rings_when_the_table_says(stack: Stack) -> None:
    assert watched(stack) == stack.there(ALARMS)


def test_every_alarm_rings_for_more_and_is_quiet_where_nothing_is_counted(stack: Stack) -> None:
    for name, each in stack.of("AWS::CloudWatch::Alarm").items():
        assert each["ComparisonOperator"] == ABOVE, name
        assert each["TreatMissingData"] == "notBreaching", name


def test_no_alarm_has_settings_that_change_when_it_rings(stack: Stack) -> None:
    for name, each in stack.of("AWS::CloudWatch::Alarm").items():
        assert each.keys() - SAID - ACTIONS == DECIDES, name
        assert each["AlarmDescription"], name


def actions_of(given: dict[str, str]) -> dict[str, list[str]]:
    """Returns whom each alarm tells with some parameters."""
    stack = deployed(given)
    return {name: each["AlarmActions"] for name, each in stack.of("AWS::CloudWatch::Alarm").items()}


def test_every_alarm_tells_the_topic_that_is_given() -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:somebody"
    assert actions_of({"AlarmTopicArn": topic}) == {name: [topic] for name in ALARMS}
    assert actions_of({}) == {name: [] for name in ALARMS}


def test_urgent_alarms_and_notices_have_topics_of_their_own() -> None:
    urgent, notice = (f"arn:aws:sns:eu-central-1:111122223333:{name}" for name in ("urgent", "notice"))
    by_topic = actions_of({"AlarmTopicArn": urgent, "NoticeTopicArn": notice})
    assert by_topic == {name: [urgent if name in URGENT else notice] for name in ALARMS}
    by_mail = actions_of({"AlarmEmail": "duty@example.com"})
    assert by_mail == {name: [URGENT_TOPIC if name in URGENT else NOTICE_TOPIC] for name in ALARMS}


def test_an_address_gets_both_kinds_and_alarms_alone_may_send_them() -> None:
    stack = deployed({"AlarmEmail": "duty@example.com"})
    topics = [URGENT_TOPIC, NOTICE_TOPIC]
    subscribed = stack.of("AWS::SNS::Subscription").values()
    assert sorted(each["TopicArn"] for each in subscribed) == sorted(topics)
    assert {(each["Protocol"], each["Endpoint"]) for each in subscribed} == {("email", "duty@example.com")}
    (policy,) = stack.of("AWS::SNS::TopicPolicy").values()
    assert policy["Topics"] == topics
    (allowed,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:*"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    assert "AWS::SNS::Topic" not in {each["Type"] for each in deployed({}).resources.values()}


def test_everything_that_people_alone_take_messages_from_has_an_alarm(stack: Stack) -> None:
    """A queue that no function reads tells nobody that something is on it."""
    read = {
        stack.named(each["EventSourceArn"]) for each in stack.of("AWS::Lambda::EventSourceMapping").values()
    }
    seen = {each.of[1] for each in watched(stack).values() if each.metric == WAITING and each.above == 0}
    if not stack.of("AWS::CloudWatch::Dashboard"):  # without the module of alarms there are none
        assert not seen
        return
    assert set(stack.of("AWS::SQS::Queue")) - read == seen


def test_the_page_of_costs_counts_the_alarms() -> None:
    """CloudWatch bills ten cents a month for each."""
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert f"| {len(ALARMS)} alarms | {len(ALARMS) / 10:.2f} |" in page


def test_the_runbook_has_the_urgent_alarms_first() -> None:
    page = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    order = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    places = {name: order.index(name) for name in ALARMS}
    assert max(places[name] for name in URGENT) < min(places[name] for name in ALARMS if name not in URGENT)
