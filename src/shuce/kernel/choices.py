from enum import StrEnum
from typing import Self

from shuce.kernel.words import say


class Choice(StrEnum):
    """A closed list of values. The code is stored; the label is shown, in the reader's language."""

    chinese: str

    def __new__(cls, code: str, chinese: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.chinese = chinese
        return member

    @property
    def label(self) -> str:
        return say(self.chinese)

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """Return (code, label) for every member, for forms and filters."""
        return [(member.value, member.label) for member in cls]
