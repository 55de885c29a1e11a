"""What the rows of a file of cards would do, by the rules of one card; nothing is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shuce.foundation.organizations.models import Organization
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register import rules
from shuce.lifecycle.register.catalogue import Sheet, named
from shuce.lifecycle.register.history import (
    changed,
    differences,
    facts_from,
    facts_of,
    sheet_of,
)
from shuce.lifecycle.register.models import Card, Intake, IntakeLine
from shuce.lifecycle.register.queries import known_to
from shuce.lifecycle.register.spreadsheets import KEY, NUMBER
from shuce.lifecycle.register.values import obstacles_to_more, taken_all
from shuce.lifecycle.register.words import CardState, RowVerdict


@dataclass(frozen=True)
class Judgement:
    """What one row says, which card it means, and what it would do."""

    key: str
    facts: Sheet
    verdict: RowVerdict
    obstacles: tuple[Obstacle, ...] = ()
    card: Card | None = None


@dataclass
class Bench:
    """What rows are judged against: the holder's fields and cards, and the rows before."""

    holder: Organization
    today: date
    cards: dict[str, Card] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = known_to(self.holder)
        self.open = {key: one for key, one in self.known.items() if one.typed and not one.retired}

    def lay_out(self, keys: Iterable[str]) -> None:
        """Fetch the cards that these keys may mean: by number in the source, or by our own."""
        wanted = {key for key in keys if key}
        mine = Card.objects.filter(holder=self.holder)
        for card in (*mine.filter(number__in=wanted), *mine.filter(key_in_source__in=wanted)):
            self.cards |= {one: card for one in (card.number, card.key_in_source) if one}

    def judge(self, place: int, given: Mapping[str, Any]) -> Judgement:
        """Judge one row: its two numbers and its facts, by key."""
        number, key = str(given.get(NUMBER) or "").strip(), str(given.get(KEY) or "").strip()
        card = self.cards.get(number) or self.cards.get(key)
        name = key or number
        said, wrong = taken_all(
            {one: value for one, value in given.items() if one not in (KEY, NUMBER)}, self.open
        )
        facts = {one: value for one, value in said.items() if value not in (None, "", [])}
        if number and card is None:
            wrong.append(Obstacle("本单位没有编号为“{number}”的卡片", Clause.N_8, number=number))
        wrong += rules.obstacles_to_key(name, self.seen.get(name))
        self.seen.setdefault(name, place)
        if wrong:
            return Judgement(name, facts, RowVerdict.BAD, tuple(wrong), card)
        return self._of_card(name, facts, card) if card else self._of_new(name, facts)

    def _of_new(self, key: str, facts: Sheet) -> Judgement:
        needed = [
            Obstacle("请填写“{label}”", Clause.N_8, field=one.key, label=named(one))
            for one in self.open.values()
            if one.required and one.key not in facts and one.key not in _FILLED
        ]
        if needed:
            return Judgement(key, facts, RowVerdict.BAD, tuple(needed))
        made = facts_from(facts)
        obstacles = (
            *rules.obstacles_to_draft(made, self.today),
            *obstacles_to_more(made.more, self.known),
        )
        return Judgement(key, facts, RowVerdict.BAD if obstacles else RowVerdict.NEW, obstacles)

    def _of_card(self, key: str, facts: Sheet, card: Card) -> Judgement:
        # What a row leaves out stays as it is on the card.
        before = facts_of(card)
        after = changed(before, facts)
        if not differences(sheet_of(before), sheet_of(after)):
            return Judgement(key, facts, RowVerdict.UNCHANGED, (), card)
        obstacles = (
            *rules.obstacles_to_revise(CardState(card.state)),
            *rules.obstacles_to_draft(after, self.today),
            *obstacles_to_more(after.more, self.known),
        )
        return Judgement(
            key, facts, RowVerdict.BAD if obstacles else RowVerdict.CHANGED, obstacles, card
        )


# Required, but a new card says so even where the row is silent.
_FILLED = ("class_code", "mlps_level", "update_cycle_days")


def given_by(
    cells: Sequence[str] | Mapping[str, Any], mapping: Mapping[int, str]
) -> Mapping[str, Any]:
    """Return what a row says by key: through the mapping for a sheet, as it is for a document."""
    if isinstance(cells, Mapping):
        return cells
    return {key: cells[place] for place, key in mapping.items() if place < len(cells)}


def judge_lines(
    intake: Intake, lines: Sequence[IntakeLine], today: date, go_on: Callable[[int], object]
) -> list[Judgement]:
    """Judge every row of a file, in order; `go_on` is told how many are done."""
    bench = Bench(intake.holder, today)
    mapping = {int(place): key for place, key in intake.mapping}
    rows = [given_by(line.cells, mapping) for line in lines]
    bench.lay_out(str(row.get(name) or "").strip() for row in rows for name in (KEY, NUMBER))
    judged = []
    for done, (line, row) in enumerate(zip(lines, rows, strict=True), start=1):
        judged.append(bench.judge(line.place, row))
        if done % 500 == 0:
            go_on(done)
    return judged
