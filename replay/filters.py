"""Selects the letters that a command is about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.errors import CommandError
from replay.letters import Letter

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Filter:
    """Says which letters are selected. An empty field selects all.

    Args:
        since: the earliest arrival of the record.
        until: the latest arrival of the record.
        event_types: the event types of the record. The replay function checks them, because it has to open the letter.
        limit: the most letters.
    """

    codes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    event_types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    limit: int | None = None

    def takes(self, letter: Letter) -> bool:
        """Returns True if a letter is selected. Ids may be shortened to their beginnings."""
        arrived = letter.arrived_at
        return (
            (not self.codes or letter.code in self.codes)
            and (not self.sources or letter.source in self.sources)
            and (not self.ids or any(letter.letter_id.startswith(each) for each in self.ids))
            and (self.since is None or (arrived is not None and arrived >= self.since))
            and (self.until is None or (arrived is not None and arrived <= self.until))
        )

    @property
    def everything(self) -> bool:
        """Returns True if only count, source and event type limit the selection."""
        return not (self.codes or self.ids or self.since or self.until)

    def to_dict(self) -> dict[str, Any]:
        """Returns the filter for the audit trail."""
        return {
            "codes": list(self.codes),
            "sources": list(self.sources),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "event_types": list(self.event_types),
            "ids": list(self.ids),
            "limit": self.limit,
        }


def moment(text: str | None) -> datetime | None:
    """Parses a time as an operator types it: ISO 8601, or an age such as 90m, 6h, 2d.

    Raises:
        CommandError: the text is neither.
    """
    if text is None:
        return None
    if text[-1:] in _UNITS and text[:-1].isdecimal():
        return datetime.now(UTC) - timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"{text} is no time",
            "--since and --until take 2026-11-23T10:00:00Z, or an age such as 90m, 6h, 2d",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
