"""What people read. Chinese is the source language; another is a look-up at the last moment.

The kernel and the rules know no Django, so the look-up is handed in by the web at start-up.
"""

from collections.abc import Callable

_look_up: Callable[[str], str] = str


def speak_through(look_up: Callable[[str], str]) -> None:
    """Let `look_up` turn each Chinese sentence into the reader's language from now on."""
    global _look_up
    _look_up = look_up


def say(sentence: str, **facts: object) -> str:
    """Return `sentence` in the reader's language, its `{facts}` filled in."""
    spoken = _look_up(sentence)
    return spoken.format(**facts) if facts else spoken
