"""Tests that what `make schemas` writes beside the JSON Schemas is current, and valid by the standards it claims."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT7

from local.emulator.template import files, load, read
from order_events.testing import envelope, known
from schemas.json_schema import TOKEN
from schemas.publish import ROOT, asyncapi, by_name, published, registry_resources, stale
from schemas.publish.kit import annotated, class_name, kit_files
from schemas.registry import EventName
from tools.schemas.files import generated, text

SPECIFICATION = json.loads(Path("tests/vendored/asyncapi-3.0.0.json").read_text())
DOCUMENT: dict[str, Any] = json.loads(Path("schemas/asyncapi.json").read_text())
TEMPLATE = load(Path("template.yaml"))
SCHEMAS = {place: schema for place, (schema, _) in generated().items()}
RAW, SANITIZED = by_name(SCHEMAS, "raw"), by_name(SCHEMAS, "sanitized")
EVENTS = sorted(SANITIZED)


def test_every_published_file_is_what_the_models_say() -> None:
    files = published(ROOT, SCHEMAS, text)
    drifted = [str(place) for place, content in files.items() if (ROOT / place).read_text() != content]
    assert drifted == [], "run `make schemas`"
    assert stale(ROOT, files) == []


def test_a_changed_model_is_noticed() -> None:
    changed = {**SANITIZED, EventName("order.placed", 1): SANITIZED[EventName("order.refunded", 1)]}
    assert kit_files(changed) != kit_files(SANITIZED)
    assert registry_resources.section(changed) != registry_resources.section(SANITIZED)


def test_an_event_of_the_tokenizers_own_is_published_though_nobody_sends_it() -> None:
    own = SANITIZED.keys() - RAW.keys()
    assert own
    for event_type, version in own:
        assert f"{event_type}.{version}" in DOCUMENT["channels"]["sanitizedBus"]["messages"]
        assert f"{event_type}.{version}" not in DOCUMENT["channels"]["rawStream"]["messages"]


def test_a_file_of_an_event_type_that_is_gone_is_stale(tmp_path: Path) -> None:
    left = tmp_path / "consumer/order_events/events/order_lost_v1.py"
    left.parent.mkdir(parents=True)
    left.touch()
    assert stale(tmp_path, published(ROOT, SCHEMAS, text)) == [left]


def test_the_asyncapi_document_is_valid_by_the_official_schema() -> None:
    Draft7Validator(SPECIFICATION).validate(DOCUMENT)
    broken = {**DOCUMENT, "operations": {"publish": {"action": "shout"}}}
    with pytest.raises(ValidationError):
        Draft7Validator(SPECIFICATION).validate(broken)


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    def resolve(pointer: str) -> Any:
        node: Any = DOCUMENT
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
        return node

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [each for inner in node.values() for each in references(inner)]
        return [each for inner in node for each in references(inner)] if isinstance(node, list) else []

    found = references(DOCUMENT)
    assert len(found) > 50
    assert all(resolve(each) for each in found)


@pytest.mark.parametrize("name", EVENTS, ids=str)
def test_the_asyncapi_messages_describe_raw_and_sanitized_events(name: EventName) -> None:
    key = f"{name.event_type}.{name.schema_version}"
    resources = Registry[Any]().with_resource("urn:document", DRAFT7.create_resource(DOCUMENT))

    def validator(side: str) -> Draft7Validator:
        message = {"$ref": f"urn:document#/components/messages/{side}.{key}/payload"}
        return Draft7Validator(message, registry=resources)

    sent = envelope(*name)
    validator("sanitized").validate(sent)
    if name in RAW:
        validator("raw").validate(json.loads(Path(f"schemas/samples/{key}.json").read_text()))
    sent["detail"]["metadata"]["ingest_id"] = 7
    assert not validator("sanitized").is_valid(sent)


@pytest.mark.parametrize("name", EVENTS, ids=str)
def test_the_registry_holds_each_events_schema_in_the_dialect_it_takes(name: EventName) -> None:
    resource = TEMPLATE["Resources"][f"{class_name(name)}Schema"]["Properties"]
    assert resource["Type"] == "JSONSchemaDraft4"
    schema = json.loads(resource["Content"])
    Draft4Validator.check_schema(schema)
    sent = envelope(*name)
    Draft4Validator(schema).validate(sent)
    Draft202012Validator(SANITIZED[name]).validate(sent["detail"])
    sent["detail"]["metadata"]["ingest_id"] = ""
    assert not Draft4Validator(schema).is_valid(sent)
    assert not Draft202012Validator(SANITIZED[name]).is_valid(sent["detail"])


def test_the_registry_holds_no_other_schemas() -> None:
    names = {
        each["Properties"]["SchemaName"]
        for each in TEMPLATE["Resources"].values()
        if each["Type"] == "AWS::EventSchemas::Schema"
    }
    assert names == {f"orders.tokenizer@{each.event_type}.{each.schema_version}" for each in EVENTS}


def test_schemas_and_template_stay_within_what_aws_takes() -> None:
    for each in TEMPLATE["Resources"].values():
        if each["Type"] == "AWS::EventSchemas::Schema":
            assert len(each["Properties"]["Content"]) <= registry_resources.MAX_CONTENT
    for path in files(Path("template.yaml")):
        assert path.stat().st_size < 1_000_000
        assert len(read(path)["Resources"]) < 400  # of 500, as SAM makes more


def test_the_kit_knows_every_event_type_and_version() -> None:
    assert known() == EVENTS


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"anyOf": [TOKEN, {"const": ""}]}, "Token"),
        ({"anyOf": [TOKEN, {"type": "string"}]}, "str"),
        ({"anyOf": [{"type": "integer"}, TOKEN, {"type": "null"}]}, "int | Token | None"),
        ({"type": "array", "items": {"anyOf": [TOKEN, {"type": "null"}]}}, "tuple[Token | None, ...]"),
        ({"enum": ["a", "b"]}, "str"),
        ({"type": "object"}, "Mapping[str, Any]"),
        ({"type": "number"}, "int | Decimal"),
        ({}, "Any"),
    ],
)  # fmt: skip
def test_a_token_is_typed_as_one_only_where_nothing_else_can_stand(
    schema: dict[str, Any], annotation: str
) -> None:
    assert annotated(schema) == annotation


def test_the_marks_of_the_templates_section_are_needed() -> None:
    with pytest.raises(ValueError, match="marks"):
        registry_resources.spliced("Resources:\n", SANITIZED)


def test_raw_and_sanitized_payloads_are_kept_apart() -> None:
    schemas = asyncapi.document(RAW, SANITIZED)["components"]["schemas"]
    assert "x-field-kind" in json.dumps(
        {key: each for key, each in schemas.items() if key.startswith("raw.")}
    )
    assert "x-field-kind" not in json.dumps(
        {k: each for k, each in schemas.items() if k.startswith("sanitized.")}
    )


@pytest.mark.parametrize(
    ("limits", "inside", "outside"),
    [
        ({"exclusiveMaximum": 2**63}, 2**63 - 1, 2**63),
        ({"exclusiveMinimum": 0}, 1, 0),
        ({"maximum": 5, "exclusiveMaximum": 9}, 5, 6),
        ({"maximum": 9, "exclusiveMaximum": 5}, 4, 5),
        ({"minimum": 5, "exclusiveMinimum": 5}, 6, 5),
    ],
)
def test_an_excluded_limit_means_the_same_in_the_dialect_of_the_registry(
    limits: dict[str, int], inside: int, outside: int
) -> None:
    number: dict[str, Any] = {"type": "integer", **limits}
    detail = {"type": "object", "properties": {"number": number}, "required": []}
    older = registry_resources.draft_4(EventName("order.lost", 1), detail)["properties"]["detail"]
    Draft4Validator.check_schema(older)
    for validator in (Draft202012Validator(detail), Draft4Validator(older)):
        assert validator.is_valid({"number": inside})
        assert not validator.is_valid({"number": outside})
