"""The audit log: who asked for what, when, and what came of it; never a value.

A log group of its own, which functions may add to and nobody may change. One stream for each function instance.
"""

import time
import uuid
from typing import TYPE_CHECKING, Any

from tokenizer import jsontext
from tokenizer.aws.faults import translated

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient


class AuditLog:
    """Adds lines to the audit log."""

    def __init__(self, logs: "CloudWatchLogsClient", group: str) -> None:
        self._logs = logs
        self._group = group
        self._stream = ""

    @translated("writing the audit log")
    def write(self, action: str, operator: str, **facts: Any) -> None:
        """Add a line.

        Args:
            action: what was done.
            operator: who asked, as the caller says; CloudTrail has who really invoked the function.
            facts: filters, ids, counts.

        Raises:
            PipelineError: it was not written; who asked for values must not get them then.
        """
        if not self._stream:
            name = f"{time.strftime('%Y/%m/%d', time.gmtime())}/{uuid.uuid4().hex}"
            self._logs.create_log_stream(logGroupName=self._group, logStreamName=name)
            self._stream = name
        line = jsontext.dump_text({"action": action, "operator": operator, **facts})
        self._logs.put_log_events(
            logGroupName=self._group,
            logStreamName=self._stream,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
        )
