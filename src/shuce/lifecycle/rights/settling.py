"""Later rooms say here what is still owed or running under a right, before its exit is closed."""

from collections.abc import Callable, Iterator

from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.rights.models import Grant

Owed = Callable[[Grant], Iterator[Obstacle]]
_OWED: list[Owed] = []


def settles(owed: Owed) -> Owed:
    """Register a function that tells what a later room has open under a grant."""
    _OWED.append(owed)
    return owed


def unsettled(grant: Grant) -> list[Obstacle]:
    """Return all that is still open under a grant."""
    return [obstacle for owed in _OWED for obstacle in owed(grant)]
