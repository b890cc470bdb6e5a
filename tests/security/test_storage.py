"""Tests everything that keeps data: how long it keeps it, that it outlives mistakes, and that it shows nothing."""

import re
from typing import Any

from local.emulator.package import ROOT
from tests.support.security.deployed import Stack, deployed

DAY = 86400
KEPT = {"Retain", "RetainExceptOnCreate"}

# What goes, and why it may; all other resources that hold something are kept when the stack goes.
GOES = {
    # the archive has what these hold, and nothing new comes
    "ConsumerDeadLetterQueue",
    "KeyChangesQueue",
    "LakeDeadLetterQueue",
    "OrdersQueue",
    # docs/deploy.md has who is drained first
    "RawOrdersQueue",
    "RawOrdersStream",
    "SanitizedArchive",
}
HOLDERS = {
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
}

EXPIRY = {"AttributeName": "expires_at", "Enabled": True}
# Tables whose items go by themselves, and tables whose items never do.
EXPIRES = {"ApprovalsTable", "IdempotencyTable", "RevealBudgetsTable", "UnfinishedStartsTable", "VaultTable"}
LASTS = {
    "AliasTable",
    "AuditHeadsTable",
    "BlindIndexTable",
    "ErasuresTable",
    "HoneyTokensTable",
    "OrdersTable",
    "PaymentsTable",
    "RekeyTable",
    "SharesTable",
    "TokenKeysTable",
}
# The keys of tables and of their indexes: partition key, then sort key. A change of these makes a new, empty table.
KEYS = {
    "AliasTable": "id",
    "ApprovalsTable": "id",
    "AuditHeadsTable": "day chain",
    "BlindIndexTable": "id",
    "ErasuresTable": "id",
    "HoneyTokensTable": "id",
    "IdempotencyTable": "id",
    "OrdersTable": "order_id",
    "PaymentsTable": "id",
    "RekeyTable": "run part",
    "RevealBudgetsTable": "id",
    "SharesTable": "record subject",
    "TokenKeysTable": "id",
    "UnfinishedStartsTable": "id",
    "VaultTable": "id",
}
INDEXES = {
    "BlindIndexTable/owner": "owner",
    "ErasuresTable/due": "open next_sweep",
    "OrdersTable/email": "email",
    "SharesTable/sharer": "sharer",
    "VaultTable/owner": "owner",
}
NUMBERS = {("ErasuresTable", "next_sweep")}
# Attributes that an index shows beside its keys; an index of everything has no list.
SHOWN = {
    "BlindIndexTable": {"owner": ["token", "arrived"]},
    "ErasuresTable": {"due": "ALL"},
    "OrdersTable": {"email": ["customer_id"]},
    "SharesTable": {"sharer": "ALL"},
    "VaultTable": {"owner": ["arrived", "consistent"]},
}
# Sanitized orders alone, which the bus's archive fills again.
UNPROTECTED = {"OrdersTable"}
OF_TABLES = {
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TableName",
    "TimeToLiveSpecification",
}

AES = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
OF_ALL_BUCKETS = {
    "BucketEncryption": AES,
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    },
    "VersioningConfiguration": {"Status": "Enabled"},
}


def rule(prefix: str, days: int | None, noncurrent: int = 1, *, uploads: bool = False) -> dict[str, Any]:
    """Returns a lifecycle rule: days until objects go, and until what was written over or deleted goes."""
    found: dict[str, Any] = {
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent},
    }
    if prefix:
        found["Prefix"] = prefix
    if days is not None:
        found["ExpirationInDays"] = days
    if uploads:
        found["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": 7}
    return found


LIFECYCLES = {
    "AnalyticsBucket": {
        "events": rule("events/", None, 30, uploads=True),
        "errors": rule("errors/", 90, uploads=True),
        "results": rule("results/", 7, uploads=True),
    },
    "AuditAccessBucket": {"access": rule("", 3653)},
    "AuditBucket": {},  # the lock alone says when a line may go
    "LetterBucket": {
        "letters": rule("letters/", 30),
        "quarantine": rule("quarantine/", None),
        "restored": rule("quarantine/restored/", 30),
    },
    "SignInBucket": {"keys": rule("", None, 365)},
}
LOCK = {
    "ObjectLockConfiguration": {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3653}},
    },
    "ObjectLockEnabled": True,
}
OWN_SETTINGS = {
    "AuditBucket": LOCK
    | {"LoggingConfiguration": {"DestinationBucketName": "AuditAccessBucket", "LogFilePrefix": "audit/"}}
}


def tables(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of("AWS::DynamoDB::Table")


def buckets(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of("AWS::S3::Bucket")


def policies(resource: dict[str, Any]) -> tuple[Any, Any]:
    return resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")


def test_everything_that_holds_data_outlives_the_stack_and_its_own_replacement(stack: Stack) -> None:
    holders = {name: each for name, each in stack.resources.items() if each["Type"] in HOLDERS}
    for name, each in holders.items():
        deleted, replaced = policies(each)
        if name in GOES:
            assert (deleted, replaced) == (None, None), name
        else:
            assert (deleted in KEPT, replaced) == (True, "Retain"), name


def test_every_table_is_recoverable_protected_and_encrypted(stack: Stack) -> None:
    for name, table in tables(stack).items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
        assert table.get("DeletionProtectionEnabled", False) is (name not in UNPROTECTED), name
        assert table["SSESpecification"] == {"SSEEnabled": True}, name
        assert table["BillingMode"] == "PAY_PER_REQUEST", name


def test_every_table_is_one_of_those_whose_items_end_or_of_those_whose_items_last(stack: Stack) -> None:
    found = {name: table.get("TimeToLiveSpecification") for name, table in tables(stack).items()}
    assert found == stack.there(dict.fromkeys(EXPIRES, EXPIRY) | dict.fromkeys(LASTS))


def test_no_table_gives_its_items_away_by_a_setting(stack: Stack) -> None:
    """Streams, replicas, exports and policies of a table would show items to somebody beside its roles."""
    assert {
        name: set(table) - OF_TABLES for name, table in tables(stack).items() if set(table) - OF_TABLES
    } == {}


def test_every_index_shows_what_those_need_who_may_query_it(stack: Stack) -> None:
    found = {
        name: {index["IndexName"]: _shown(index["Projection"]) for index in table["GlobalSecondaryIndexes"]}
        for name, table in tables(stack).items()
        if "GlobalSecondaryIndexes" in table
    }
    assert found == stack.there(SHOWN)


def test_every_table_and_index_has_the_keys_of_the_table(stack: Stack) -> None:
    found = {name: _keys(table["KeySchema"]) for name, table in tables(stack).items()}
    indexes = {
        f"{name}/{index['IndexName']}": _keys(index["KeySchema"])
        for name, table in tables(stack).items()
        for index in table.get("GlobalSecondaryIndexes", ())
    }
    types = {
        (name, each["AttributeName"])
        for name, table in tables(stack).items()
        for each in table["AttributeDefinitions"]
        if each["AttributeType"] != "S"
    }
    assert found == stack.there(KEYS)
    assert indexes == {name: keys for name, keys in INDEXES.items() if name.partition("/")[0] in found}
    assert types == NUMBERS


def _keys(schema: list[dict[str, str]]) -> str:
    assert [each["KeyType"] for each in schema] == ["HASH", "RANGE"][: len(schema)]
    return " ".join(each["AttributeName"] for each in schema)


def _shown(projection: dict[str, Any]) -> Any:
    return projection.get("NonKeyAttributes", projection["ProjectionType"])


def test_every_bucket_is_private_encrypted_versioned_and_the_owners(stack: Stack) -> None:
    for name, bucket in buckets(stack).items():
        own = {
            *OWN_SETTINGS.get(name, {}),
            "BucketName",
            *({"LifecycleConfiguration"} if LIFECYCLES[name] else ()),
        }
        assert {key: bucket.get(key) for key in OF_ALL_BUCKETS} == OF_ALL_BUCKETS, name
        assert bucket.keys() == OF_ALL_BUCKETS.keys() | own, name


def test_every_bucket_keeps_objects_for_as_long_as_the_table_says(stack: Stack) -> None:
    found = {
        name: {
            each["Id"]: {key: value for key, value in each.items() if key != "Id"}
            for each in bucket.get("LifecycleConfiguration", {"Rules": []})["Rules"]
        }
        for name, bucket in buckets(stack).items()
    }
    assert found == stack.there(LIFECYCLES)


def test_the_audit_trail_is_locked_for_as_long_as_its_parameter_says_and_its_readers_are_noted(
    stack: Stack,
) -> None:
    bucket = buckets(stack)["AuditBucket"]
    found = {key: bucket[key] for key in OWN_SETTINGS["AuditBucket"]}
    log = found["LoggingConfiguration"]
    found["LoggingConfiguration"] = log | {
        "DestinationBucketName": stack.named(f"arn:aws:s3:::{log['DestinationBucketName']}")
    }
    assert found == OWN_SETTINGS["AuditBucket"]
    assert policies(stack.resources["AuditBucket"]) == ("Retain", "Retain")


def test_every_log_is_kept_for_as_long_as_the_parameter_says_and_encrypted_by_cloudwatch(
    stack: Stack,
) -> None:
    for name, group in stack.of("AWS::Logs::LogGroup").items():
        assert group.keys() == {"LogGroupName", "RetentionInDays"}, name
        assert group["RetentionInDays"] == 365, name


def test_the_bus_is_archived_whole(stack: Stack) -> None:
    (archive,) = stack.of("AWS::Events::Archive").values()
    assert archive.keys() == {"ArchiveName", "Description", "RetentionDays", "SourceArn"}
    assert (stack.named(archive["SourceArn"]), archive["RetentionDays"]) == ("SanitizedBus", 30)


def test_the_pages_say_for_how_long() -> None:
    stack = deployed({})
    rules = {
        each["Id"]: each
        for bucket in buckets(stack).values()
        for each in bucket.get("LifecycleConfiguration", {"Rules": []})["Rules"]
    }
    (logs,) = {group["RetentionInDays"] for group in stack.of("AWS::Logs::LogGroup").values()}
    weeks = {7: "seven"}[rules["results"]["ExpirationInDays"]]
    assert f"are under `errors/` in the bucket for {rules['errors']['ExpirationInDays']} days" in page(
        "analyse"
    )
    assert f"encrypted, for {weeks} days" in page("analyse")
    assert f"| `LogRetentionDays` | days that logs are kept; {logs} by default |" in page("deploy")


def page(name: str) -> str:
    """Returns a page without its line breaks."""
    return re.sub(r"\s+", " ", (ROOT / f"docs/{name}.md").read_text(encoding="utf-8"))
