"""The small things pages are made of: actions, tabs, facts and happenings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shuce.kernel.choices import Choice
from shuce.kernel.refusals import Obstacle


@dataclass(frozen=True)
class Action:
    """Something the reader can go and do: a link, or (`post`) a button that does it at once.

    With `obstacles` it is shown greyed, and says why.
    """

    label: str
    href: str
    icon: str = ""
    primary: bool = False
    post: bool = False
    danger: bool = False
    confirm: str = ""
    obstacles: Sequence[Obstacle] = ()


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing, each with its own address."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Crumb:
    """A step on the way to this page."""

    label: str
    href: str = ""


@dataclass(frozen=True)
class Moment:
    """Something that happened, or is to happen: one entry of a timeline."""

    at: datetime | date | None
    label: str
    text: str = ""
    by: object = ""
    href: str = ""
    icon: str = ""
    state: Choice | None = None


@dataclass(frozen=True)
class Figure:
    """A number on a home page, with where to go for what lies behind it."""

    label: str
    value: object
    href: str = ""
    icon: str = ""
    note: str = ""
    tone: str = ""
