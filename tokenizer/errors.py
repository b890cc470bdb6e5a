"""Defines every way a record can fail. Whether to try again depends on the type, never on a text.

    PipelineError
    ├── BadRecord            the record fails every time: dead-letter it now, with its code
    ├── Transient            something else failed: try again
    │   ├── Throttled        a service asked us to slow down
    │   ├── Unavailable      a service was unreachable, timed out, or failed on its side
    │   ├── OutOfTime        not tried, because the invocation had no time left for it
    │   ├── Denied           a permission or a key is missing: retried like the others, but raises an alarm
    │   └── NewerFormat      a later release wrote it: it waits until that release is back
    ├── Rejected             AWS refuses a call, or one entry of it, as it stands: never send it again
    ├── Unforeseen           our code or a library failed: it belongs to the record that was being worked on
    ├── Refused              a request is refused as it stands, with a code for the caller
    │   └── InvalidRequest   a request is not understood
    ├── VaultIntegrity       a vault record was swapped, edited or stripped: raise an alarm, never try again
    └── Configuration        the function can't start with its settings

No message holds a value of a record. Adapters raise `from None` if the cause could carry one.
"""

from schemas.dead_letter import ErrorCode


class PipelineError(Exception):
    """Is the base of all errors that this project raises on purpose."""


class BadRecord(PipelineError):
    """Means that the record itself is at fault.

    Args:
        code: the contract's code for the dead letter.
        message: what is wrong and at which field path, without any value.
        paths: the same paths as JSON Pointers, for programs; a key in them may be one that no schema names.
    """

    def __init__(self, code: ErrorCode, message: str, paths: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.paths = paths


class Refused(PipelineError):
    """Means that a request is refused as it stands.

    Args:
        code: tells a program why.
        message: tells a person why, without any value.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidRequest(Refused):
    """Means that a request is not understood.

    Args:
        message: tells a person why, without any value.
    """

    def __init__(self, message: str) -> None:
        super().__init__("invalid_request", message)


class Transient(PipelineError):
    """Means that something outside of the record failed; the same record may succeed later."""


class Throttled(Transient):
    """Means that a service asked us to slow down."""


class Unavailable(Transient):
    """Means that a service was unreachable, too slow, or failed. It may still have done what it was asked."""


class OutOfTime(Transient):
    """Means that the step was not tried because the invocation would have ended first."""


class Denied(Transient):
    """Means that a permission, a key or credentials are missing."""


class NewerFormat(Transient):
    """Means that something stored is in a format that a later release wrote; that release can read it."""


class Rejected(PipelineError):
    """Means that AWS refuses a call, or one entry of it, as it stands. Sending it again never helps."""


class Unforeseen(PipelineError):
    """Means that our own code or a library failed, and not AWS. The message names the error's class alone."""


class VaultIntegrity(PipelineError):
    """Means that a vault record does not hold what was written under its key."""


class Configuration(PipelineError):
    """Means that settings or the deployment are incomplete."""


# What fails in the same way if it is asked for again.
LASTING = (Rejected, Unforeseen, VaultIntegrity, Configuration)
