"""Later rooms say here what they make of assets, so that the picture goes on to the right."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from shuce.foundation.organizations.models import Member


@dataclass(frozen=True)
class Neighbour:
    """Something a later room made from a card. `seen` is whether the reader may know what."""

    card_id: str
    key: str
    name: str
    place: str
    href: str
    seen: bool
    since: str = ""


Made = Callable[[Collection[str], Member], list[Neighbour]]
_MADE: list[Made] = []


def goes_on(made: Made) -> Made:
    """Register a function that tells what a later room made of cards."""
    _MADE.append(made)
    return made


def made_of(card_ids: Collection[str], member: Member) -> list[Neighbour]:
    """Return all that later rooms made of these cards, as far as the reader may see it."""
    return [one for made in _MADE for one in made(card_ids, member)] if card_ids else []
