"""Finds IP addresses in a plain string. A network, whose host bits are zero, doesn't count."""

import ipaddress
import re

# With fewer digits it is more often a version than an address.
_FEWEST_DIGITS = 8
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(
    rf"(?<![0-9A-Za-z.,+])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9A-Za-z]|[.,][0-9])(?:/[0-9]{{1,2}}(?![0-9]))?"
)
# In `Softwareversion` it is a version, in `server` it is none.
_VERSION = re.compile(
    r"(?:version|(?<![a-z])(?:release|firmware|build|ver|rev|fw|v))[\s.:#]{0,3}\Z", re.IGNORECASE
)
_VERSION_WIDTH = 16
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f:]{6})[0-9A-Fa-f:]{6,39}+(?:\.[0-9]{1,3}){0,3}+(?![0-9A-Za-z:])(?:/[0-9]{1,3}(?![0-9]))?"
)
_FEWEST_GROUPS = 3
_COLONS = 6  # before an address of version 4 at the end; else seven


def holds_ip_address(plain: str) -> bool:
    """Returns True if a plain string holds the IP address of a host, of version 4 or 6."""
    if plain.count(".") >= 3 and any(map(_is_ipv4, _IPV4.finditer(plain))):  # noqa: PLR2004 -- between four octets
        return True
    if "::" not in plain and plain.count(":") < _COLONS:
        return False
    return any(map(_is_ipv6, _IPV6.finditer(plain)))


def _is_ipv4(found: re.Match[str]) -> bool:
    address, _, bits = found[0].partition("/")
    if len(address.replace(".", "")) < _FEWEST_DIGITS or address.startswith(("0.", "127.", "255.")):
        return False
    if _VERSION.search(found.string[max(0, found.start() - _VERSION_WIDTH) : found.start()]):
        return False
    return not (bits and _is_network(found[0]))


def _is_ipv6(found: re.Match[str]) -> bool:
    text = found[0]
    if (
        len([group for group in text.partition("/")[0].split(":") if group]) < _FEWEST_GROUPS
        or text.isalpha()
    ):
        return False
    if "/" in text and _is_network(text):
        return False
    try:
        return not ipaddress.IPv6Address(text.partition("/")[0]).is_loopback
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return False
    return network.num_addresses > 1
