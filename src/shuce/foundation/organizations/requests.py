"""Put a signature on every request: who asks, and when. The one place that reads the clock."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate, now  # noqa: TID251  the one place

from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.queries import member_with_token


class SignedRequest(HttpRequest):
    """A request from a signed-in member."""

    user: Member
    signature: Signature


def sign_requests(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Member):
            request.signature = Signature(request.user, at=now())  # type: ignore[attr-defined]
        return answer(request)

    return middleware


def sign_with_token(request: HttpRequest, secret: str) -> Member | None:
    """Sign an API request as the member whose key it carries, or return None."""
    member = member_with_token(secret, localdate())
    if member:
        sign_as(request, member)
    return member


def sign_as(request: HttpRequest, member: Member) -> None:
    """Sign an API request as the holder of the key it carried."""
    request.user = member
    request.signature = Signature(member, at=now())  # type: ignore[attr-defined]
