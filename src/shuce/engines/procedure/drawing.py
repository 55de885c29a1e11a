"""The procedure drawn as SVG, left to right, with where a case stands.

No style sheet is inside, so that a strict content policy lets it through: colours are attributes,
which a page's style sheet overrides by the classes `step`, `done`, `current`, `returned`,
`rejected`, `skipped`, `todo`, `link`, `back`, `gateway`. Lines and words follow the text colour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from shuce.engines.procedure.comparing import Mark
from shuce.engines.procedure.conditions import Condition, in_words
from shuce.engines.procedure.drawing_marks import Standing, arrow_head, colour_of, cut, wrapped
from shuce.engines.procedure.facts import FactSpec
from shuce.engines.procedure.model import (
    START,
    Collective,
    Manned,
    Mode,
    Parallel,
    Procedure,
    Review,
    Step,
    TableStep,
    walk,
)
from shuce.engines.procedure.state import Outcome, State, Status
from shuce.kernel.words import say

_BOX_WIDTH, _BOX_HEIGHT = 148, 84
_GATE = 18
_GAP = 36
_LANE_GAP = 28
_MARGIN = 20
_BYPASS = 24
_CONDITION = 34
_NOTE = 16
_NAMES = {
    "holder": "本单位",
    "department": "主管部门",
    "bureau": "财政部门",
    "operator": "运营主体",
}


def draw(
    procedure: Procedure,
    state: State | None = None,
    *,
    language_say: Callable[[str], str] = say,
    names: Mapping[str, str] | None = None,
    marks: Mapping[str, Mark] | None = None,
    notes: Mapping[str, str] | None = None,
) -> str:
    """Return an SVG element. `names` turns codes of roles and places into words.

    `marks` colours the steps, by key, that a change adds, removes, changes or moves; `notes` puts
    one more line of words into a step, or two where no standing is shown.
    """
    words = {**_NAMES, **(names or {})}
    return _Drawing(procedure, state, language_say, words, marks or {}, notes or {}).svg()


@dataclass(frozen=True, slots=True)
class _Size:
    """How much room a part takes: width, and height above and below the line it hangs on."""

    width: int
    above: int
    below: int


class _Drawing:
    def __init__(
        self,
        procedure: Procedure,
        state: State | None,
        language_say: Callable[[str], str],
        names: Mapping[str, str],
        marks: Mapping[str, Mark],
        notes: Mapping[str, str],
    ) -> None:
        self.procedure = procedure
        self.state = state
        self.say = language_say
        self.names = names
        self.marks = marks
        self.notes = notes
        self.box_height = _BOX_HEIGHT + (_NOTE if notes else 0)
        self.parts: list[str] = []
        # Where lines from below meet a step, and, inside a parallel part, the clear way down.
        self.centres: dict[str, tuple[int, int]] = {}
        self.shafts: dict[str, int] = {}
        self.specs: dict[str, FactSpec] = dict(procedure.facts)
        for step in procedure.all_steps():
            if isinstance(step, TableStep):
                self.specs |= procedure.tables[step.table].outputs

    def svg(self) -> str:
        size = self._size_of_row(self.procedure.steps)
        axis = _MARGIN + size.above
        left = _MARGIN + 2 * _GATE
        self._event(_MARGIN + _GATE, axis, "申请", "start")
        self.centres[START] = (_MARGIN + _GATE, axis + _GATE)
        self._link(left, axis, left + _GAP)
        right = self._row(self.procedure.steps, left + _GAP, axis)
        self._link(right, axis, right + _GAP)
        self._event(right + _GAP + _GATE, axis, "办结", "end")
        height = self._returns(axis + size.below + _GAP // 2) + _MARGIN
        width = right + _GAP + 2 * _GATE + _MARGIN
        title = self.say(self.procedure.title)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure" role="img" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'fill="none" stroke="currentColor" '
            f'font-size="13" font-family="sans-serif" aria-label="{escape(title)}">'
            f"<title>{escape(title)}</title><desc>{escape(self._description())}</desc>"
            f"{''.join(self.parts)}</svg>"
        )

    def _description(self) -> str:
        """Return the whole drawing in words, for those who do not see it."""
        words = []
        for step in self.procedure.all_steps():
            standing = self._spoken(self.marks.get(step.key) or self._standing_of(step))
            note = self.notes.get(step.key, "")
            words.append(f"{self.say(step.title)} {standing} {note}".strip())
        return "\n".join((self.say(self.procedure.description), *words))

    # Sizes, from the leaves up.

    def _size_of_row(self, steps: tuple[Step, ...]) -> _Size:
        sizes = [self._size(step) for step in steps]
        gaps = _GAP * max(len(sizes) - 1, 0)
        return _Size(
            sum(size.width for size in sizes) + gaps,
            max((size.above for size in sizes), default=0),
            max((size.below for size in sizes), default=0),
        )

    def _size(self, step: Step) -> _Size:
        if isinstance(step, Parallel):
            lanes = [self._size_of_row(branch.steps) for branch in step.branches]
            height = sum(lane.above + lane.below for lane in lanes) + _LANE_GAP * len(lanes)
            width = max(lane.width for lane in lanes) + 2 * (2 * _GATE + _GAP)
            size = _Size(width, (height + 1) // 2, (height + 1) // 2)
        else:
            size = _Size(_BOX_WIDTH, self.box_height // 2 + 4, self.box_height // 2 + 4)
        if step.when is None:
            return size
        return _Size(
            size.width + 2 * (2 * _GATE + _GAP), size.above + _CONDITION, size.below + _BYPASS
        )

    # Marks, left to right. Each returns where it ends.

    def _row(self, steps: tuple[Step, ...], x: int, axis: int) -> int:
        for number, step in enumerate(steps):
            if number:
                self._link(x, axis, x + _GAP)
                x += _GAP
            x = self._step(step, x, axis)
        return x

    def _step(self, step: Step, x: int, axis: int) -> int:
        if step.when is None:
            return self._body(step, x, axis)
        size = self._size(step)
        end = x + size.width
        floor = axis + size.below - 6
        self._gate(x, axis, "×")
        self._link(x + 2 * _GATE, axis, x + 2 * _GATE + _GAP)
        right = self._body(step, x + 2 * _GATE + _GAP, axis)
        self._link(right, axis, right + _GAP)
        self._gate(right + _GAP, axis, "×")
        self._path(
            f"M{x + _GATE} {axis + _GATE}V{floor}H{end - _GATE}V{axis + _GATE}", "link bypass"
        )
        self._condition(step.when, (x + end) // 2, axis - size.above + 12)
        return end

    def _condition(self, condition: Condition, middle: int, y: int) -> None:
        words = in_words(condition, self.specs)
        self.parts.append(f'<g class="condition"><title>{escape(words)}</title>')
        for number, line in enumerate(wrapped(words, 22)):
            self._text(middle, y + 14 * number, line, 11)
        self.parts.append("</g>")

    def _body(self, step: Step, x: int, axis: int) -> int:
        if isinstance(step, Parallel):
            return self._lanes(step, x, axis)
        self._box(step, x, axis)
        return x + _BOX_WIDTH

    def _lanes(self, step: Parallel, x: int, axis: int) -> int:
        size = self._size(step)
        width = size.width if step.when is None else size.width - 2 * (2 * _GATE + _GAP)
        lanes = [self._size_of_row(branch.steps) for branch in step.branches]
        end = x + width
        self._gate(x, axis, "+", self.say(step.title))
        self._gate(end - 2 * _GATE, axis, "+")
        self.centres[step.key] = (x + _GATE, axis + _GATE)
        total = sum(lane.above + lane.below for lane in lanes) + _LANE_GAP * len(lanes)
        top = axis - total // 2
        for inside in walk((step,)):
            # The outermost part is drawn first, and it is its lanes that are in the way.
            self.shafts.setdefault(inside.key, end - 2 * _GATE - _GAP + 10)
        for branch, lane in zip(step.branches, lanes, strict=True):
            line = top + _LANE_GAP // 2 + lane.above
            inner = x + 2 * _GATE + _GAP
            # From the tip of the gateway that points to the lane.
            tip = axis + _GATE * ((line > axis) - (line < axis))
            self._path(f"M{x + _GATE} {tip}V{line}H{inner}", "link", arrow=True)
            self._text(x + _GATE + 6, line - 6, self.say(branch.title), 11, anchor="start")
            right = self._row(branch.steps, inner, line)
            self._path(f"M{right} {line}H{end - _GATE}V{tip}", "link")
            top += lane.above + lane.below + _LANE_GAP
        return end

    def _box(self, step: Step, x: int, axis: int) -> None:
        kind = self.marks.get(step.key) or self._standing_of(step)
        colour = colour_of(kind)
        y = axis - self.box_height // 2
        self.centres[step.key] = (x + _BOX_WIDTH // 2, y + self.box_height)
        standing, note = self._spoken(kind), self.notes.get(step.key, "")
        title, who = self.say(step.title), self._who(step)
        corner = 2 if isinstance(step, TableStep) else 8
        dash = ' stroke-dasharray="4 3"' if kind is Standing.SKIPPED else ""
        self.parts.append(
            f'<g class="step {kind.value}" data-step="{escape(step.key)}">'
            f"<title>{escape('：'.join(filter(None, (title, who, standing, note))))}</title>"
            f'<rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{self.box_height}" rx="{corner}" '
            f'fill="{colour}" fill-opacity="{0 if kind is Standing.TODO else 0.12}" '
            f'stroke="{colour}" stroke-width="{2 if kind is Standing.CURRENT else 1.2}"{dash}/>'
        )
        lines = wrapped(title, 10)
        middle = x + _BOX_WIDTH // 2
        for number, line in enumerate(lines):
            self._text(middle, y + 21 + 17 * number, line, 13)
        self._text(middle, y + 58, cut(who, 12), 11)
        self._text(middle, y + 75, standing, 11, colour)
        for number, line in enumerate(note.splitlines(), bool(standing)):
            self._text(middle, y + 75 + _NOTE * number, line, 11)
        self.parts.append("</g>")

    def _who(self, step: Step) -> str:
        if not isinstance(step, Manned):
            return self.say("决策表")
        who = self.say(step.who) if step.who else ""
        if not who:
            place, role = (self.names.get(code, code) for code in (step.place, step.role))
            who = f"{self.say(place)}·{self.say(role)}"
        if isinstance(step, Collective):
            return f"{who}·{self.say('表决')}"
        if isinstance(step, Review) and step.mode is not Mode.ONE:
            return f"{who}·{self.say(step.mode.chinese)}"
        return who

    def _returns(self, top: int) -> int:
        """Draw one dashed line for each step that cases may be returned to; return the bottom."""
        sources: dict[str, list[str]] = {}
        for step in self.procedure.all_steps():
            for target in step.may_return_to if isinstance(step, Manned) else ():
                sources.setdefault(target, []).append(step.key)
        for number, (target, steps) in enumerate(sources.items()):
            line = top + 14 * number
            to_x, to_y = self.centres[target]
            # Apart from each other where several lines meet one step.
            shift = 5 * number
            used = self.state and self.state.returned and self.state.returned.to == target
            kind = "back returned" if used else "back"
            farthest = 0
            for key in steps:
                x, y = self.centres[key]
                down = self.shafts.get(key, x + 12) + shift
                farthest = max(farthest, down)
                self._path(f"M{x} {y}V{y + 9}H{down}V{line}", kind)
            self._path(f"M{farthest} {line}H{to_x - shift}V{to_y}", kind, arrow=True)
        return top + 14 * len(sources)

    def _standing_of(self, step: Step) -> Standing:
        if self.state is None:
            return Standing.TODO
        if self.state.returned and self.state.returned.step == step.key:
            return Standing.RETURNED
        record = self.state.records.get(step.key)
        if record is None:
            return Standing.TODO
        if record.status is Status.OPEN:
            waits = self.state.outcome is Outcome.OPEN and not self.state.returned
            return Standing.CURRENT if waits else Standing.TODO
        return {
            Status.PASSED: Standing.DONE,
            Status.SKIPPED: Standing.SKIPPED,
            Status.REJECTED: Standing.REJECTED,
        }[record.status]

    def _spoken(self, standing: Standing | Mark) -> str:
        return self.say(standing.chinese) if standing.chinese else ""

    def _event(self, x: int, y: int, words: str, kind: str) -> None:
        heavy = 3 if kind == "end" else 1.5
        self.parts.append(
            f'<circle class="event {kind}" cx="{x}" cy="{y}" r="{_GATE}" stroke-width="{heavy}"/>'
        )
        self._text(x, y + 4, self.say(words), 11)

    def _gate(self, x: int, y: int, sign: str, title: str = "") -> None:
        g = _GATE
        self.parts.append(
            f'<g class="gateway">{f"<title>{escape(title)}</title>" if title else ""}'
            f'<path d="M{x} {y}L{x + g} {y - g}L{x + 2 * g} {y}L{x + g} {y + g}Z"/>'
        )
        self._text(x + g, y + 6, sign, 18)
        self.parts.append("</g>")

    def _link(self, x: int, y: int, to: int) -> None:
        self._path(f"M{x} {y}H{to}", "link", arrow=True)

    def _path(self, d: str, kind: str, *, arrow: bool = False) -> None:
        dash = ' stroke-dasharray="5 4" stroke-opacity="0.55"' if kind.startswith("back") else ""
        self.parts.append(f'<path class="{kind}" d="{d}"{dash}/>')
        if arrow:
            self.parts.append(f'<path class="{kind}" d="{arrow_head(d)}" fill="currentColor"/>')

    def _text(
        self,
        x: int,
        y: int,
        words: str,
        size: int,
        colour: str = "currentColor",
        anchor: str = "middle",
    ) -> None:
        if words:
            self.parts.append(
                f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
                f'stroke="none" fill="{colour}">{escape(words)}</text>'
            )
