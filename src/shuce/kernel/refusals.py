"""Why an act may not go ahead: one object on the button, the form, the API and in the log."""

from collections.abc import Iterable
from typing import ClassVar

from shuce.kernel.clauses import Clause
from shuce.kernel.words import say


class Obstacle:
    """One reason an act may not go ahead, and the clause that says so.

    `sentence` is Chinese and may hold `{facts}`; `field` names the input at fault, if one is.
    """

    __slots__ = ("clause", "facts", "field", "sentence")

    def __init__(
        self, sentence: str, clause: Clause | None = None, *, field: str = "", **facts: object
    ) -> None:
        self.sentence = sentence
        self.clause = clause
        self.field = field
        self.facts = facts

    @property
    def reason(self) -> str:
        return say(self.sentence, **self.facts)

    def __str__(self) -> str:
        return f"{self.reason}（{self.clause}）" if self.clause else self.reason

    def __repr__(self) -> str:
        return f"Obstacle({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Obstacle) and (self.sentence, self.clause, self.facts) == (
            other.sentence,
            other.clause,
            other.facts,
        )

    def __hash__(self) -> int:
        return hash((self.sentence, self.clause))


class Refused(Exception):
    """An act the rules do not allow. Expected, shown to the user, never a bug."""

    http_status: ClassVar[int] = 422

    def __init__(self, *obstacles: Obstacle) -> None:
        super().__init__(*obstacles)
        self.obstacles = obstacles

    def __str__(self) -> str:
        return "；".join(str(obstacle) for obstacle in self.obstacles)


class NotPermitted(Refused):
    """The signer lacks the permission, whatever the state of things."""

    http_status = 403


class NotFound(Refused):
    """Nothing here by that name, or nothing this signer may see."""

    http_status = 404


class Conflict(Refused):
    """Somebody else changed the same thing first."""

    http_status = 409


def refuse_if(obstacles: Iterable[Obstacle]) -> None:
    """Raise `Refused` with every obstacle there is, or return."""
    if found := tuple(obstacles):
        raise Refused(*found)
