"""One's own account: keys for programs."""

from functools import partial

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.forms import DayField, OfficeForm
from shuce.foundation.organizations import commands, queries
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


class TokenForm(OfficeForm):
    name = forms.CharField(label="用途", max_length=100)
    expires_on = DayField(label="到期日")


@login_required
def tokens(request: SignedRequest) -> HttpResponse:
    """The reader's keys; a fresh one is shown this once."""
    return render(
        request,
        "desk/tokens.html",
        {"title": say("接口密钥"), "tokens": queries.tokens_of(request.user)},
    )


@login_required
def make_token(request: SignedRequest) -> HttpResponse:
    return act(
        request,
        TokenForm,
        lambda form: commands.make_token(**form.cleaned_data, by=request.signature),
        title=say("生成接口密钥"),
        then=reverse("tokens"),
        # The secret is in the message, which the next page shows once and forgets.
        done=lambda made: say("密钥只显示这一次，请妥善保存：{secret}", secret=made[1]),
        back=reverse("tokens"),
    )


@login_required
def revoke_token(request: SignedRequest, token_id: str) -> HttpResponse:
    token = queries.token_of(token_id, request.user)
    return press(
        request,
        partial(commands.revoke_token, token, by=request.signature),
        then=reverse("tokens"),
        done=say("密钥已吊销"),
    )
