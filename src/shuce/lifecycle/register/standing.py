"""Later rooms say here what they do in the same second when a card's data may be used no more."""

from collections.abc import Callable

from shuce.lifecycle.register.models import Card

Follow = Callable[[Card], None]
_FOLLOWERS: list[Follow] = []


def follows(follow: Follow) -> Follow:
    """Register what is done when a card's state or grade has changed."""
    _FOLLOWERS.append(follow)
    return follow


def follow_through(card: Card) -> None:
    """Let every later room do what the card's new state or grade asks of it."""
    for follow in _FOLLOWERS:
        follow(card)
