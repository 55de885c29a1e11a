"""The refusal that the engine raises."""

from collections.abc import Iterable

from shuce.kernel.refusals import Obstacle, Refused


class NotNow(Refused):
    """The case does not stand where this act would be lawful."""


def not_now_if(obstacles: Iterable[Obstacle]) -> None:
    """Raise `NotNow` with every obstacle there is, or return."""
    if found := tuple(obstacles):
        raise NotNow(*found)
