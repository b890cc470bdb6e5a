"""Tests every key's whole policy: who uses the key for what, who administers it, and what is denied to everybody else."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support.security.deployed import Stack, listed
from tests.support.security.grants import actions
from tools.lint.rendered import ACCOUNT

NETWORK, PURPOSE, NAME = "aws:SourceVpc", "kms:EncryptionContext:purpose", "kms:EncryptionContext:name"
ROOT_USER = f"arn:aws:iam::{ACCOUNT}:root"


class Use(NamedTuple):
    """Holds what some roles may do with a key.

    Args:
        roles: apart by spaces.
        actions: of KMS, without the service, apart by spaces.
        purpose: of the encryption context, if it has to have one.
        name: of the encryption context, as a pattern, if it has to have one.
        inside: whether they may from the functions' network alone.
        rekeying: whether they may only while records are moved to another key.
    """

    roles: str
    actions: str
    purpose: str = ""
    name: str = ""
    inside: bool = True
    rekeying: bool = False


TOKENIZERS, READERS = "TokenizeQueueRole TokenizeStreamRole", "PaymentRole RevealRole"
VAULT = (
    Use(f"EraseRole {TOKENIZERS}", "GenerateDataKey", "vault"),
    Use(READERS, "Decrypt", "vault"),
    Use("RekeyRole", "Decrypt GenerateDataKey", "vault", rekeying=True),
)
USES = {
    "AuditKey": (
        Use(f"ApiRole EraseRole HoneyRole {READERS} ReplayRole", "GenerateDataKey", "audit"),
        Use("RekeyRole", "GenerateDataKey", "audit", rekeying=True),
        Use("AuditReaderRole", "Decrypt", "audit", inside=False),
    ),
    "FingerprintKey": (Use("ApiRole", "GenerateMac"),),
    "LetterKey": (Use(TOKENIZERS, "GenerateDataKey", "letter"), Use("ReplayRole", "Decrypt", "letter")),
    "TokenKey": (
        Use("TokenKeysRole", "GenerateDataKeyWithoutPlaintext", "token-keys", inside=False),
        Use(TOKENIZERS, "Decrypt", "token-keys"),
        Use("EraseRole", "Decrypt", "token-keys", "subject-key/*"),
    ),
    "VaultKey": VAULT,
    "VaultKeyGreen": VAULT,
}
# Every use of a key that AWS knows for keys of these kinds: none is anybody's whom no statement names.
ALL_USES = actions(
    "kms:Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac ReEncryptFrom ReEncryptTo VerifyMac"
)
ADMINISTRATION = actions(
    "kms:CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation"
    " GetKeyPolicy GetKeyRotationStatus ListAliases ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy"
    " RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription"
)
SETTINGS: dict[str, dict[str, Any]] = {
    "FingerprintKey": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
}
ROTATED = {"EnableKeyRotation": True}  # KMS rotates no HMAC keys


def keys(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of("AWS::KMS::Key")


def uses(stack: Stack, key: str) -> list[Use]:
    return [each for each in USES[key] if not each.rekeying or stack.given == "rekeying"]


def roles(stack: Stack, use: Use) -> list[str]:
    """Returns who uses a key so; a role of a module that is left out is in no key's policy."""
    return [role for role in use.roles.split() if stack.given != "core alone" or role in stack.resources]


def network(stack: Stack) -> str:
    (found,) = {
        each["VpcId"]
        for name, each in stack.of("AWS::EC2::SecurityGroup").items()
        if name == "FunctionsSecurityGroup"
    }
    return str(found)


def statement(effect: str, principal: Any, acts: set[str], condition: Any = None) -> Any:
    """Returns a statement in the form in which statements are compared: sets have no order, and one value is no list."""
    return effect, str(principal), frozenset(acts), str(condition or {})


def expected(stack: Stack, key: str) -> Iterator[Any]:
    inside = network(stack)
    administrators = ["role/deployer", "role/key-administrator"] if stack.given == "rekeying" else ["root"]
    yield statement("Allow", [f"iam:{name}" for name in administrators], ADMINISTRATION)
    # The root user, and nobody by an IAM policy: the way back when the last administrator is gone.
    recovery = {"ArnEquals": {"aws:PrincipalArn": "iam:root"}}
    yield statement("Allow", ["iam:root"], actions("kms:DescribeKey GetKeyPolicy PutKeyPolicy"), recovery)
    for use in uses(stack, key):
        equals = {PURPOSE: use.purpose} if use.purpose else {}
        equals |= {NETWORK: inside} if use.inside else {}
        like = {"StringLike": {NAME: use.name}} if use.name else {}
        condition = {"StringEquals": equals, **like}
        yield statement("Allow", sorted(roles(stack, use)), actions(f"kms:{use.actions}"), condition)
    yield statement("Deny", ["*"], {"kms:*"}, {"Bool": {"aws:SecureTransport": "false"}})
    yield statement("Deny", ["*"], {"kms:CreateGrant"})  # no policy shows a grant
    late = {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}}
    yield statement("Deny", ["*"], {"kms:ScheduleKeyDeletion"}, late)
    named = sorted({role for use in uses(stack, key) for role in roles(stack, use)})
    others = {"ArnNotEquals": {"aws:PrincipalArn": named if len(named) > 1 else named[0]}}
    yield statement("Deny", ["*"], ALL_USES, others)
    from_outside = {
        act for use in uses(stack, key) if not use.inside for act in actions(f"kms:{use.actions}")
    }
    denied = {
        act for use in uses(stack, key) if use.inside for act in actions(f"kms:{use.actions}")
    } - from_outside
    yield statement(
        "Deny", ["*"], ALL_USES if not from_outside else denied, {"StringNotEquals": {NETWORK: inside}}
    )


def found(stack: Stack, key: str) -> Iterator[Any]:
    for each in keys(stack)[key]["KeyPolicy"]["Statement"]:
        assert each["Resource"] == "*", f"{key}: {each['Sid']}"
        principal = each["Principal"]
        assert principal == "*" or principal.keys() == {"AWS"}, f"{key}: {each['Sid']}"
        who = sorted(stack.named(one) for one in listed(principal if principal == "*" else principal["AWS"]))
        yield statement(
            each["Effect"], who, set(listed(each["Action"])), stack.plain(each.get("Condition", {}))
        )


def test_every_key_is_used_and_administered_as_the_table_says_and_denied_to_all_others(stack: Stack) -> None:
    assert keys(stack).keys() <= USES.keys()
    for key in keys(stack):
        assert sorted(found(stack, key), key=str) == sorted(expected(stack, key), key=str), key


def test_every_key_is_rotated_and_deleted_late_and_has_no_other_setting(stack: Stack) -> None:
    for name, key in keys(stack).items():
        said = {each: value for each, value in key.items() if each not in {"Description", "KeyPolicy"}}
        assert said == SETTINGS.get(name, ROTATED) | {"PendingWindowInDays": 30}, name


def test_a_vault_key_is_there_only_while_records_may_be_under_it(stack: Stack) -> None:
    there = {
        "default": {"VaultKey"},
        "rekeying": {"VaultKey", "VaultKeyGreen"},
        "existing VPC": {"VaultKeyGreen"},
    }
    vault = {name for name in keys(stack) if name.startswith("VaultKey")}
    assert vault == there.get(stack.given, {"VaultKey"})
    (held,) = stack.of("Custom::VaultKeys").values()
    assert {stack.named(each) for each in held["Held"]} == vault
    assert stack.named(held["Active"]) in vault


def test_no_function_seals_or_opens_before_the_vault_keys_are_held(stack: Stack) -> None:
    """`VaultKeys` refuses a deployment that takes away a key which records may be under."""
    sealing = {
        name
        for name, each in stack.functions().items()
        if "VAULT_KEY_ARN" in each["Environment"]["Variables"]
    }
    early = {name for name in sealing if "VaultKeys" not in stack.there_before(name)}
    assert early <= {"RekeyFunction"}  # which waits for those that seal


def test_no_role_has_a_key_by_its_own_policy(stack: Stack) -> None:
    assert {each.role for each in stack.grants() if each.action.startswith(("kms:", "*"))} == set()


def test_a_role_that_reads_and_writes_the_vault_is_there_for_a_rekeying_alone(stack: Stack) -> None:
    reads = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}
    # The eraser reads whose a record is and what it lists, and nothing of a value.
    without_values = {
        "ForAllValues:StringEquals": {
            "dynamodb:Attributes": ["arrived", "erased", "id", "owner", "uses", "version"]
        },
        "Null": {"dynamodb:Attributes": "false"},
    }
    on_vault = {
        (each.role, each.action in reads)
        for each in stack.grants()
        if each.resource == "VaultTable" and each.condition != str(without_values)
    }
    both = {role for role, reading in on_vault if (role, not reading) in on_vault}
    assert both == ({"RekeyRole"} if stack.given == "rekeying" else set())
