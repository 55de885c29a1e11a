from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: the system administrator enters people (`organizations`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
