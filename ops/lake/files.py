"""The lake's files on this machine, for a stack without Athena: fetched with the analyst's own role."""

from pathlib import Path, PurePosixPath
from typing import Any

PREFIX = "events/"


def fetch(s3: Any, bucket: str, folder: Path) -> int:
    """Bring the files that are not there yet into a folder, under the names that they have in the bucket.

    Args:
        s3: a client of somebody who may read the bucket.
        bucket: the lake's.
        folder: takes the files.

    Returns:
        How many there are now.
    """
    found = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for each in page.get("Contents", []):
            key = PurePosixPath(each["Key"])
            if ".." in key.parts:
                continue  # no name of Firehose's
            there = folder / key
            found += 1
            if there.exists():
                continue
            there.parent.mkdir(parents=True, exist_ok=True)
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            there.write_bytes(body)
    return found
