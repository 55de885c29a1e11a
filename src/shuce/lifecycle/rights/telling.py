"""Whom a grant's ups and downs are told: those who work under it."""

from collections.abc import Iterable

from django.urls import reverse

from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.words import say
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import GrantState

# The sentences, whole, so that they can be translated.
_TITLES = {
    GrantState.SUSPENDED: "授权{number}已暂停",
    GrantState.IN_FORCE: "授权{number}已恢复使用",
    GrantState.WITHDRAWN: "授权{number}已收回",
    GrantState.EXPIRED: "授权{number}已到期",
}


def tell_operators(grants: Iterable[Grant], state: GrantState, *, by: Signature) -> None:
    """Tell the agents of each grant's operator that its use stopped, goes on, or is over (N-4)."""
    for grant in grants:
        tell(
            NoticeKind.GRANT,
            holders_of_role(Role.OPERATOR_AGENT, grant.operator),
            title=say(_TITLES[state], number=grant.number or ""),
            url=reverse("rights:grant", args=[grant.id]),
            subject_id=grant.id,
            by=by,
        )
