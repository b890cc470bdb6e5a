"""Fetches the lake's files for a stack without Athena, with the analyst's role."""

from pathlib import Path, PurePosixPath
from typing import Any

PREFIX = "events/"


def fetch(s3: Any, bucket: str, folder: Path) -> int:
    """Fetches the files that are missing in a folder, under the names that they have in the bucket.

    Args:
        s3: an S3 client that may read the bucket.
        bucket: the lake's bucket.
        folder: the folder for the files.

    Returns:
        The number of files in the folder.
    """
    found = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for each in page.get("Contents", []):
            key = PurePosixPath(each["Key"])
            if ".." in key.parts:
                continue  # Firehose never makes such a name
            there = folder / key
            found += 1
            if there.exists():
                continue
            there.parent.mkdir(parents=True, exist_ok=True)
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            there.write_bytes(body)
    return found
