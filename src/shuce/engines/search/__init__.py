"""Find words inside Chinese texts, by pinyin, and parts of codes: the same on every database.

A text is found when a needle stands in it: that alone decides, and `matches` says so. Tokens only
tell a database where to look first; whatever holds them is looked at again with the needle.
"""

from shuce.engines.search.asking import Needle, Question, ask, matches
from shuce.engines.search.texts import Part, label, normal, text_of, tokens_of

__all__ = [
    "Needle",
    "Part",
    "Question",
    "ask",
    "label",
    "matches",
    "normal",
    "text_of",
    "tokens_of",
]
