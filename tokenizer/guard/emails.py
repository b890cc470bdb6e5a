"""Finds email addresses in a plain string: of any script, quoted, glued to other text, at an IP address or a host."""

import re

# In plain text every character beyond ASCII is part of a word, so Unicode local parts and domains need no table.
_LABEL = r"[0-9A-Za-z_\-\x80-\U0010ffff]"
_EMAIL = re.compile(
    rf"""[^\s@<>(\[\],;:\\/]@(?:
    (?:{_LABEL}{{1,63}}+\.){{1,20}}
    (?!(?:png|jpe?g|gif|webp|svg)(?![0-9A-Za-z]))  # kettle@2x.png
    [A-Za-z\x80-\U0010ffff]{{2}}
    |\[?(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}
    |\[IPv6:
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# A host without a domain differs from `3@noon` by its length, and by the length of the part before it.
_BARE_HOST = re.compile(
    r"(?<=[0-9A-Za-z._%+\-]{3})@[A-Za-z][0-9A-Za-z\-]{3,62}+(?![0-9A-Za-z@]|\.[0-9A-Za-z])"
)


def holds_email(plain: str) -> bool:
    """Returns True if a plain string holds an email address."""
    return _EMAIL.search(plain) is not None or _BARE_HOST.search(plain) is not None
