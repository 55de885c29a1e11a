"""What is wrong with a procedure or a table, and where: said to the person who edits it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shuce.kernel.words import say


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `step` is a step's key or the place in the text, such as `steps[2].mode`."""

    step: str
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def reason(self) -> str:
        return say(self.sentence, **self.facts)

    def __str__(self) -> str:
        return f"{self.step}: {self.reason}" if self.step else self.reason


class BadProcedure(ValueError):
    """A text that cannot be read as a procedure; `faults` names every place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class BadTable(BadProcedure):
    """A text that cannot be read as a decision table."""
