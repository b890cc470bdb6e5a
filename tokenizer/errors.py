"""Every way a record can fail. Whether to try again is a type, never a text.

    PipelineError
    ├── BadRecord            it will fail every time: dead-letter it now, with its code
    ├── Transient            the world is bad: try again
    │   ├── Throttled        asked to slow down
    │   ├── Unavailable      unreachable, timed out, or failing on the other side
    │   ├── OutOfTime        not tried: the invocation had no time left for it
    │   └── Denied           a permission or a key is missing: retried as the rest, but alarmed on
    ├── Refusal              what somebody asks for is refused as it stands, with a code for them
    ├── VaultIntegrity       a vault record was swapped, edited or stripped: alarm, never try again
    └── Configuration        the function can't start as it is set up

No message holds a value of a record; adapters raise `from None` where a cause could carry one.
"""

from schemas.dead_letter import ErrorCode


class PipelineError(Exception):
    """What all of them are."""


class BadRecord(PipelineError):
    """The record itself is at fault.

    Args:
        code: the contract's code for the dead letter.
        message: what is wrong, by field path, without any value.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Refusal(PipelineError):
    """What somebody asks for is refused as it stands.

    Args:
        code: for a program to go by.
        message: for a person, without any value.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Transient(PipelineError):
    """Something around the record is at fault; the same record may pass later."""


class Throttled(Transient):
    """A service asked to slow down."""


class Unavailable(Transient):
    """A service was unreachable, too slow, or failed on its side. It may have done what it was asked."""


class OutOfTime(Transient):
    """Not tried, since the invocation would have ended first."""


class Denied(Transient):
    """A permission, a key or credentials are missing."""


class VaultIntegrity(PipelineError):
    """What the vault holds is not what was written under that key."""


class Configuration(PipelineError):
    """Settings or deployment are incomplete."""
