"""Adds rows to the table of walls: calls that are made differently from the product's, which the emulator can't tell.

From outside of the network, over plain HTTP, under another purpose. The simulator alone tries them.
"""

from collections.abc import Iterator

from tests.support.security.walls import (
    CONSUMER,
    NOBODY,
    REPLAY,
    Action,
    Arguments,
    Circumstances,
    in_lake,
    line,
    make,
    on_key,
    opened,
    received,
    sent,
)

OUTSIDE = Circumstances(outside=True)
PLAIN_HTTP = Circumstances(context=(("aws:SecureTransport", "false"),))
BY_ITSELF = Circumstances(context=(("lambda:SourceFunctionArn", "arn:aws:lambda:eu-central-1:111122223333:function:orders-reveal"),))  # fmt: skip
AS_EVER = Circumstances()

_MAC = on_key("FINGERPRINT_KEY_ARN", Message="AA==", MacAlgorithm="HMAC_SHA_256")
# Each use of a key that only the functions have: in words, the call, its arguments, and the same for another purpose.
USES: list[tuple[str, str, Arguments, Arguments | None]] = [
    ("make a data key of the vault", "generate_data_key", make("VaultKeyArn", "vault"), make("VaultKeyArn", "letter")),
    ("open a data key of the vault", "decrypt", opened("VaultKeyArn", "vault"), opened("VaultKeyArn", "audit")),
    ("make a data key of letters", "generate_data_key", make("LetterKeyArn", "letter"), make("LetterKeyArn", "vault")),
    ("open a dead letter's data key", "decrypt", opened("LetterKeyArn", "letter"), opened("LetterKeyArn", "vault")),
    ("open the token keys", "decrypt", opened("TOKEN_KEY_ARN", "token-keys"), opened("TOKEN_KEY_ARN", "vault")),
    ("make a key of an audit chain", "generate_data_key", make("AuditKeyArn", "audit"), make("AuditKeyArn", "vault")),
    ("fingerprint a request", "generate_mac", _MAC, None),
]  # fmt: skip
# Everything that holds or carries data.
BY_HTTP: list[tuple[str, str, str, Arguments]] = [
    ("send a raw order to the queue", "sqs", "send_message", sent("RawOrdersQueueUrl")),
    ("receive raw orders from the queue", "sqs", "receive_message", received("RawOrdersQueueUrl")),
    ("receive dead letters", "sqs", "receive_message", received("DeadLetterQueueUrl")),
    ("receive unprocessed raw messages", "sqs", "receive_message", received("UnprocessedQueueUrl")),
    ("add a line to the audit trail", "s3", "put_object", line("audit/probe", Body="x", IfNoneMatch="*")),
    ("read a line of the audit trail", "s3", "get_object", line("audit/none")),
    ("read sanitized events in the lake", "s3", "get_object", in_lake("events/none")),
    ("read a large letter", "s3", "get_object", lambda names: {"Bucket": names["LETTER_BUCKET"], "Key": "letters/none"}),
]  # fmt: skip


def _rows() -> Iterator[Action]:
    for does, call, arguments, elsewise in USES:
        yield Action(f"{does}, from outside of the network", "kms", call, arguments, NOBODY, under=OUTSIDE)
        yield Action(f"{does}, over plain HTTP", "kms", call, arguments, NOBODY, under=PLAIN_HTTP)
        if elsewise is not None:
            yield Action(f"{does}, for another purpose", "kms", call, elsewise, NOBODY, under=AS_EVER)
    yield Action(
        "open a key of an audit chain, for another purpose",
        "kms",
        "decrypt",
        opened("AuditKeyArn", "vault"),
        NOBODY,
        under=AS_EVER,
    )
    yield Action(
        "make token keys, for another purpose",
        "kms",
        "generate_data_key_without_plaintext",
        make("TOKEN_KEY_ARN", "vault"),
        NOBODY,
        under=AS_EVER,
    )
    for does, service, call, arguments in BY_HTTP:
        yield Action(f"{does}, over plain HTTP", service, call, arguments, NOBODY, under=PLAIN_HTTP)
    yield Action(
        "write over a line of the audit trail",
        "s3",
        "put_object",
        line("audit/probe", Body="x"),
        NOBODY,
        under=AS_EVER,
    )
    yield from _events()
    yield from _others()


def _published_as(source: str) -> Arguments:
    entry = {"Source": source, "DetailType": "probe", "Detail": "{}"}
    return lambda names: {"Entries": [{"EventBusName": names["SanitizedBusName"], **entry}]}


def _of_rule(rule: str) -> Arguments:
    return lambda names: {"EventBusName": names["SanitizedBusName"], "Rule": rule}


def _letters_under(prefix: str) -> Arguments:
    return lambda names: {"Bucket": names["LETTER_BUCKET"], "Prefix": prefix}


def _events() -> Iterator[Action]:
    for source in ("another.source", "orders.tokenizer.2"):
        does = f"publish on the bus as `{source}`"
        yield Action(does, "events", "put_events", _published_as(source), NOBODY, under=AS_EVER)
    for call in ("put_targets", "remove_targets", "list_targets_by_rule"):
        words = call.replace("_", " ")
        rules = [("a consumer's", "consumer-x", CONSUMER), ("another", "orders-lake", NOBODY)]
        for whose, rule, allowed in rules:
            does = f"{words} of {whose} rule"
            yield Action(does, "events", call, _of_rule(rule), allowed, under=AS_EVER)


def _others() -> Iterator[Action]:
    for prefix, allowed in (("quarantine/", REPLAY), ("letters/", NOBODY)):
        does = f"list the letters under `{prefix}`"
        yield Action(does, "s3", "list_objects_v2", _letters_under(prefix), allowed, under=AS_EVER)
    yield Action(
        "make a network interface by a function's own code",
        "ec2",
        "create_network_interface",
        lambda _: {},
        NOBODY,
        under=BY_ITSELF,
    )


ROWS = tuple(_rows())
