"""Pages of pledges and share contributions over an asset."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import card_seen_inside
from shuce.lifecycle.rights import encumbrances, queries
from shuce.lifecycle.rights.encumbrance_rules import pilots
from shuce.lifecycle.rights.forms import BurdenForm, ReasonForm


@login_required
def encumber(request: SignedRequest, card_id: str) -> HttpResponse:
    """Register a pledge or share contribution; those there are, and the pilots, beside it."""
    card = card_seen_inside(card_id, request.user)
    here = reverse("rights:encumber", args=[card.id])
    return act(
        request,
        BurdenForm,
        lambda form: encumbrances.encumber(card, form.burden(), by=request.signature),
        title=say("担保、质押和入股：{card}", card=card.name),
        submit=say("登记"),
        then=here,
        done=say("已登记，并在资产卡片上作标识"),
        template="rights/encumber.html",
        context={
            "card": card,
            "made": card.encumbrances.all(),
            "pilots": [
                (say(one.title), say(one.basis), one)
                for one in pilots()
                if one.starts_on <= request.signature.today < one.ends_on
            ],
        },
    )


@login_required
def release(request: SignedRequest, encumbrance_id: str) -> HttpResponse:
    """End a pledge or contribution, with the reason."""
    found = queries.encumbrance_seen(encumbrance_id, request.user)
    back = reverse("rights:encumber", args=[found.card_id])
    return act(
        request,
        ReasonForm,
        lambda form: encumbrances.release(found, **form.cleaned_data, by=request.signature),
        title=say("解除质押或入股"),
        then=back,
        done=say("已解除"),
        back=back,
    )
