"""The two words every room uses to change things: `@command` and `record`."""

import dataclasses
import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar

from django.db import connection, transaction

from shuce.engines.transparency import canonical, leaf_hash
from shuce.foundation.evidence.models import Entry
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, Refused

P = ParamSpec("P")
R = TypeVar("R")

_recorded: ContextVar[int] = ContextVar("recorded", default=0)
_depth: ContextVar[int] = ContextVar("depth", default=0)

_COLUMNS = "kind, subject_id, asset_id, organization_id, member_id, at, body, leaf_hash"
_INSERT = f"INSERT INTO {Entry._meta.db_table} ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"

EVENTS: dict[str, type["Event"]] = {}
COMMANDS: dict[str, Callable[..., Any]] = {}


class Signed(Protocol):
    """Who acts, for which organization, and when: what the log needs to know of a signature."""

    @property
    def member_id(self) -> str: ...
    @property
    def organization_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True)
class Event:
    """Something that happened, told so that it can be read in ten years.

    Subclasses live in each room's `events.py`; their docstrings become docs/events.md.
    Fields hold ids, numbers and words of the office: never personal data, never row values.
    """

    kind: ClassVar[str]
    clause: ClassVar[Clause]
    label: ClassVar[str]

    subject_id: str
    # The card whose life this belongs to, and the organization whose matter it is.
    asset_id: str = field(default="", kw_only=True)
    organization_id: str = field(default="", kw_only=True)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        assert cls.kind not in EVENTS, f"two events are called {cls.kind}"
        EVENTS[cls.kind] = cls


def record(event: Event, by: Signed) -> None:
    """Append `event` to the log, in the transaction of the change it tells of.

    Raises Refused for an event too long for one entry of the log.
    """
    row = _row(event, by)
    _recorded.set(_recorded.get() + 1)
    with connection.cursor() as cursor:
        # Written plainly: every command pays for this line, and a row of the log has no behaviour.
        cursor.execute(_INSERT, row)


def record_all(events: Iterable[Event], by: Signed) -> int:
    """Append many events at once, in their order; return how many. For commands over many rows."""
    rows = [_row(event, by) for event in events]
    _recorded.set(_recorded.get() + len(rows))
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
    return len(rows)


def _row(event: Event, by: Signed) -> list[Any]:
    assert _depth.get(), f"{event.kind} was recorded outside a command"
    facts = {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event)}
    organization_id = event.organization_id or by.organization_id
    told = facts | {
        "kind": event.kind,
        "clause": str(event.clause),
        "at": by.at.isoformat(),
        "by": by.member_id,
        "by_organization": by.organization_id,
        "organization_id": organization_id,
    }
    try:
        body = canonical(told)
    except ValueError as fault:
        raise Refused(Obstacle("填写的内容过长，无法存证，请精简或作为附件")) from fault
    return [
        event.kind,
        event.subject_id,
        event.asset_id,
        organization_id,
        by.member_id,
        connection.ops.adapt_datetimefield_value(by.at),
        body,
        leaf_hash(body),
    ]


def command(change: Callable[P, R]) -> Callable[P, R]:
    """Run `change` in one transaction, and insist that it left evidence."""

    @functools.wraps(change)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        before = _recorded.get()
        depth = _depth.set(_depth.get() + 1)
        try:
            with transaction.atomic():
                result = change(*args, **kwargs)
                if _recorded.get() == before:
                    raise LeftNoEvidence(f"{change.__qualname__} left no evidence")
                return result
        finally:
            _depth.reset(depth)

    COMMANDS[f"{change.__module__}.{change.__qualname__}"] = run
    return run


class LeftNoEvidence(AssertionError):
    """A command changed something and told nobody: a bug, rolled back."""


def in_command() -> bool:
    return _depth.get() > 0


def _plain(value: Any) -> Any:
    """Turn a fact into what canonical JSON holds: text, whole numbers, truth, lists of them."""
    match value:
        case Money():
            return value.fen
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case str():
            return str(value)
    return value
