"""Recognizes ids that are nobody's: what programs put into the place of a customer's id if there is no account.

Such an id is never somebody's subject. Otherwise the values of all guests would belong to one person, and erasing that
person would erase them all.
"""

import re
import unicodedata
from typing import Any

from tokenizer.filler_words import FILLERS, IN_A_ROW

NOBODY = "names_nobody"  # the code with which a request is refused that needs somebody
_ZEROS = re.compile(
    r"[-+]?0[0\W_]*|-1"
)  # 0, 0.0, 00000000-0000-0000-0000-000000000000 (RFC 9562, nil), and -1
_MAX_UUID = re.compile(r"[fF]{8}-?(?:[fF]{4}-?){3}[fF]{12}")  # RFC 9562, max
_WORDLESS = re.compile(r"[\W_]*")
_CROSSES = re.compile(r"[xX]{2,}")
_WORDS = re.compile(r"[a-z]+")
# What programs write for no value at all, and what shops call an order without an account.
_ALONE = FILLERS | {"na", "nan", "nil", "nul"}
_IN_A_ROW = IN_A_ROW | {"checkout", "login", "order", "session"}
# `guest` in other scripts, without case: a Greek sigma at the end of a word is another letter then.
_OTHER_SCRIPTS = frozenset(
    word.casefold()
    for word in (
        "гость",
        "гостья",
        "επισκεπτης",
        "ゲスト",
        "게스트",
        "访客",
        "訪客",
        "游客",
        "遊客",
        "ضيف",
        "זמני",
        "अतिथि",
    )
)


def names_nobody(value: Any) -> bool:
    """Returns True if an id is absent or stands for nobody, in whatever case, width or spelling.

    Args:
        value: the JSON value in the place of the id.
    """
    if value is None or isinstance(value, bool | dict | list):
        return True
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if any(each.fullmatch(text) for each in (_WORDLESS, _ZEROS, _MAX_UUID, _CROSSES)):
        return True
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return text in _OTHER_SCRIPTS or plain in _OTHER_SCRIPTS or _is_filler(plain)


def _is_filler(text: str) -> bool:
    if not text.isascii() or any(each.isdigit() for each in text):
        return False
    words = _WORDS.findall(text)
    return words[0] in _ALONE if len(words) == 1 else bool(words) and _IN_A_ROW.issuperset(words)
