"""Makes the section of tables and saved queries of `stacks/lake.yaml`, from the schemas and `ops/lake/sql` (`make schemas`)."""

from ops.lake.columns import Column, glue, table_name, tables
from ops.lake.questions import ABOUT_ORDERS, Question

BEGIN = "  # ---- tables and saved queries, written by `make schemas`\n"
END = "  # ---- end of the lake's part of what `make schemas` writes\n"
_FIRST_DAY = "2026-01-01"  # before the first event of any stack


def spliced(template: str) -> str:
    """Returns the template with its section replaced.

    Raises:
        ValueError: the section's two marks are missing.
    """
    before, begin, rest = template.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("stacks/lake.yaml has lost the marks of the lake's section")
    return before + BEGIN + section() + END + after


def section() -> str:
    """Returns the resources as YAML."""
    parts = [_table(event_type, columns) for event_type, columns in tables().items()]
    return "\n".join([*parts, *map(_saved_query, Question)]) + "\n"


def _table(event_type: str, columns: dict[str, Column]) -> str:
    name = table_name(event_type)
    logical_id = "".join(map(str.capitalize, name.split("_"))) + "LakeTable"
    fields = "\n".join(
        f"            - {{Name: {column}, Type: '{glue(kind)}'}}" for column, kind in columns.items()
    )
    # Hive's JSON SerDe, because AWS's page on the OpenX one says that its results may miss rows:
    # https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
    return f"""\
  {logical_id}:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref LakeDatabase
      TableInput:
        Name: {name}
        Description: Sanitized {event_type} events of all versions, by the day of their arrival.
        TableType: EXTERNAL_TABLE
        PartitionKeys: [{{Name: day, Type: string}}]
        Parameters:
          {{classification: json, compressionType: gzip, projection.enabled: "true", projection.day.type: date,
           projection.day.format: yyyy-MM-dd, projection.day.range: "{_FIRST_DAY},NOW",
           storage.location.template: !Sub "s3://${{AnalyticsBucket}}/events/event_type={event_type}/day=${{!day}}/"}}
        StorageDescriptor:
          Location: !Sub "s3://${{AnalyticsBucket}}/events/event_type={event_type}/"
          InputFormat: org.apache.hadoop.mapred.TextInputFormat
          OutputFormat: org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat
          SerdeInfo: {{SerializationLibrary: org.apache.hive.hcatalog.data.JsonSerDe}}
          Columns:
{fields}
"""


def _saved_query(question: Question) -> str:
    text = "\n".join(f"        {line}" for line in question.sql.splitlines())
    return f"""\
  {question.capitalize()}Query:
    Type: AWS::Athena::NamedQuery
    Properties:
      Name: {question}
      Description: {question.asks}, each {"order" if question in ABOUT_ORDERS else "record"} once.
      Database: !Ref LakeDatabase
      WorkGroup: !Ref AnalystWorkGroup
      QueryString: |
{text}
"""
