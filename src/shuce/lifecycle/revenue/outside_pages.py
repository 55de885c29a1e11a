"""Pages of what was learned from outside about bodies' deals."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.revenue import queries
from shuce.lifecycle.revenue.forms import OutsideForm
from shuce.lifecycle.revenue.outside import note_outside_record
from shuce.lifecycle.revenue.tables import OutsideFilters, OutsideTable


@login_required
def outside_list(request: SignedRequest) -> HttpResponse:
    """Every outside record about bodies that the reader inspects."""
    actions = []
    if Permission.INSPECTION_RUN in request.user.permissions:
        note_one = reverse("revenue:note_outside")
        actions = [Action(say("登记外部记录"), note_one, icon="plus", primary=True)]
    return list_page(
        request,
        rows=queries.outside_records_seen_by(request.user),
        table=OutsideTable,
        filters=OutsideFilters,
        title=say("外部记录"),
        empty=say("还没有外部记录。检查中取得银行、财政等外部资料后在这里登记。"),
        actions=actions,
    )


@login_required
def note(request: SignedRequest) -> HttpResponse:
    """Note what was learned from outside."""
    bodies = queries.bodies_to_inspect(request.user)
    return act(
        request,
        partial(OutsideForm, bodies=bodies),
        lambda form: note_outside_record(
            form.cleaned_data["organization"], form.outside(), by=request.signature
        ),
        title=say("登记监督中取得的外部记录"),
        intro=say(
            "银行、财政等外部资料中的担保、回购、贷款、资金来源和财政拨款，登记后由红线规则比对。"
        ),
        submit=say("登记"),
        then=reverse("revenue:outside"),
        done=say("外部记录已登记"),
        back=reverse("revenue:outside"),
    )
