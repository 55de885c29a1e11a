"""What every page shows around its content."""

from typing import Any

from django.http import HttpRequest

from shuce.foundation.approvals.queries import tasks_for
from shuce.foundation.notices.queries import unread_count
from shuce.foundation.organizations.models import Member
from shuce.web.navigation import sections_for


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return the signed-in reader's menu and how much waits for them, and is unread."""
    member = getattr(request, "user", None)
    if not isinstance(member, Member):
        return {}
    return {
        "sections": sections_for(member),
        "inbox_count": tasks_for(member).count(),
        "unread_count": unread_count(member),
    }
