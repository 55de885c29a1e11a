"""When a schedule may be compiled, submitted and answered, and how two versions differ.

G-4 asks for a list of data assets that is kept and reported upward; N-8 for its being kept current.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from shuce.engines.transparency import canonical
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.directory.words import ChangeKind, Ruling, ScheduleState


@dataclass(frozen=True)
class Line:
    """One asset on a schedule: the part of its card that is reported, as codes and figures."""

    card_id: str
    number: str
    name: str
    class_code: str
    industry: str
    holder: str
    system: str
    grade: str | None
    sharing: str
    opening: str
    rows: int
    update_cycle_days: int
    value_basis: str


COLUMNS = tuple(field.name for field in fields(Line))
# A schedule's own heading of each column that may change; identity is the card.
COMPARED = tuple(name for name in COLUMNS if name != "card_id")


@dataclass(frozen=True)
class Difference:
    kind: ChangeKind
    line: Line
    facts: tuple[tuple[str, str | int | None, str | int | None], ...] = ()


def digest_of(lines: Iterable[Line], parts: Iterable[str]) -> str:
    """Return SHA-256 over the lines by card and, sorted, the digests of the parts taken in.

    The same content has the same digest, whenever it was compiled and whatever order it came in.
    """
    hashed = hashlib.sha256()
    for line in sorted(lines, key=lambda one: one.card_id):
        hashed.update(canonical({name: getattr(line, name) for name in COLUMNS}) + b"\n")
    for part in sorted(parts):
        hashed.update(f"{part}\n".encode())
    return hashed.hexdigest()


def differences(before: Mapping[str, Line], after: Mapping[str, Line]) -> Iterator[Difference]:
    """Yield every line that was added, removed or changed between two lists by card."""
    for card_id, line in after.items():
        old = before.get(card_id)
        if old is None:
            yield Difference(ChangeKind.ADDED, line)
        elif old != line:
            yield Difference(
                ChangeKind.CHANGED,
                line,
                tuple(
                    (name, getattr(old, name), getattr(line, name))
                    for name in COMPARED
                    if getattr(old, name) != getattr(line, name)
                ),
            )
    for card_id, line in before.items():
        if card_id not in after:
            yield Difference(ChangeKind.REMOVED, line)


def obstacles_to_compile_at_all(kind: Kind, is_closed: bool) -> Iterator[Obstacle]:
    """Yield why a body has no schedule of its own."""
    if not kind.holds_assets:
        yield Obstacle("{kind}不编制目录清单", Clause.G_4, kind=kind.label)
    if is_closed:
        yield Obstacle("该单位已撤销，不再编制目录清单", Clause.G_4)


def obstacles_to_freeze(digest: str, last: str | None, version: int) -> Iterator[Obstacle]:
    """Yield why a list is no new version: nothing changed since the last."""
    if digest == last:
        yield Obstacle("与第{version}版相比没有变化，不必重新编制", Clause.N_8, version=version)


def obstacles_to_submit(
    state: ScheduleState, *, is_latest: bool, has_superior: bool
) -> Iterator[Obstacle]:
    """Yield every reason why a schedule cannot be submitted upward now."""
    if not has_superior:
        yield Obstacle("没有上级单位，目录清单不需报送", Clause.G_4)
    if state is not ScheduleState.COMPILED:
        yield Obstacle(
            "目录清单{state}，不能重复报送；内容有变化的请编制新的一版",
            Clause.G_4,
            state=state.label,
        )
    if not is_latest:
        yield Obstacle("已有更新的版本，请报送最新一版", Clause.N_8)


def obstacles_to_answer(state: ScheduleState, verdict: Ruling, reason: str) -> Iterator[Obstacle]:
    """Yield every reason why a schedule cannot be accepted or returned."""
    if state is not ScheduleState.SUBMITTED:
        yield Obstacle("只有已报送的目录清单可以接收或退回", Clause.G_4)
    if verdict is Ruling.RETURNED and not reason.strip():
        yield Obstacle("退回须写明原因", Clause.G_4, field="reason")
