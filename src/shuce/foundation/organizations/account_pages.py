"""Buttons of administrators over other people's sign-ins."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.organizations import accounts, queries
from shuce.foundation.organizations.forms import PasswordForm
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


@login_required
def password(request: SignedRequest, member_id: str) -> HttpResponse:
    """Give a person a new password."""
    member = queries.person_seen(member_id, request.user)
    return act(
        request,
        PasswordForm,
        lambda form: accounts.set_password(
            member, form.cleaned_data["password"], by=request.signature
        ),
        title=say("重设口令：{person}", person=member),
        then=_home(member),
        done=say("口令已重设，原有登录已失效"),
        back=_home(member),
    )


@login_required
def factor(request: SignedRequest, member_id: str) -> HttpResponse:
    """Take away a lost second factor."""
    return _press(request, member_id, accounts.lift_second_factor, say("双因素认证已解除"))


@login_required
def close(request: SignedRequest, member_id: str) -> HttpResponse:
    """Stop a sign-in."""
    return _press(request, member_id, accounts.close_account, say("账号已停用"))


@login_required
def reopen(request: SignedRequest, member_id: str) -> HttpResponse:
    """Let a closed sign-in work again."""
    return _press(request, member_id, accounts.reopen_account, say("账号已启用"))


def _press(
    request: SignedRequest, member_id: str, command: Callable[..., Member], done: str
) -> HttpResponse:
    member = queries.person_seen(member_id, request.user)
    return press(
        request, lambda: command(member, by=request.signature), then=_home(member), done=done
    )


def _home(member: Member) -> str:
    return reverse("organizations:organization", args=[member.organization_id])
