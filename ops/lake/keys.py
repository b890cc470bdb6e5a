"""Writes names as Athena has them: in lower case, at every depth.

Athena's names have no case. Its reader of JSON, which is Trino's, takes each key of an object in lower case, at every
depth, and of keys that are equal then the last one. DuckDB keeps the case of keys, so what it reads is written anew.

Source: `RowDecoder` in Trino's lib/trino-hive-formats, io/trino/hive/formats/line/json/JsonDeserializer.java.
"""

import simplejson

from schemas.strict_json import ENCODER

# Numbers stay texts of their own digits.
_DECODER = simplejson.JSONDecoder(
    object_pairs_hook=lambda pairs: {column_name(key): value for key, value in pairs},
    parse_float=simplejson.RawJSON,
    parse_int=simplejson.RawJSON,
)


def column_name(key: str) -> str:
    """Returns the name of a field's column."""
    return key.lower()


def with_column_names(line: str) -> str:
    """Returns an event's JSON text with the keys as columns are named. Values stay as they are.

    Args:
        line: one JSON object.

    Raises:
        ValueError: it is not JSON.
    """
    return str(ENCODER.encode(_DECODER.decode(line)))
