"""What files may hang on. A room registers its things; whoever sees a thing sees its files.

@hangs_on("card")
def _card(card_id: str, member: Member) -> Peg: ...
"""

from collections.abc import Callable
from dataclasses import dataclass

from shuce.foundation.organizations.models import Member, Organization
from shuce.kernel.refusals import NotFound, Obstacle


@dataclass(frozen=True)
class Peg:
    """A thing with files, from where one reader stands."""

    title: str
    organization: Organization
    url: str
    # Whether this reader may add files and remove them.
    may_change: bool
    asset_id: str = ""


Find = Callable[[str, Member], Peg]
_found: dict[str, Find] = {}


def hangs_on(kind: str) -> Callable[[Find], Find]:
    """Register how a thing of `kind` is found; the function raises `NotFound` to strangers."""

    def register(find: Find) -> Find:
        assert kind not in _found, f"two rooms hang files on {kind}"
        _found[kind] = find
        return find

    return register


def peg_seen(kind: str, subject_id: str, by: Member) -> Peg:
    if kind not in _found:
        raise NotFound(Obstacle("没有找到"))
    return _found[kind](subject_id, by)
