from collections.abc import Collection

from django.db.models import Q

from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.register.holders import change_holder
from shuce.lifecycle.register.models import AddedField, Card, CardReader
from shuce.lifecycle.register.words import CardState


class Cards(Estate):
    """Each card tells in its own story that its holder changed."""

    def pass_on(
        self, ids: Collection[str], former: Organization, heir: Organization, *, by: Signature
    ) -> None:
        for card in self.rows_of(former).filter(pk__in=ids):
            change_holder(card, heir, by=by)


passes_on(
    Cards(
        "register.cards",
        "数据资产卡片",
        Card,
        "holder",
        ~Q(state=CardState.CLOSED.value),
        anchor="resource__source_id",
    ),
    Estate(
        "register.readers",
        "查阅卡片的许可",
        CardReader,
        "organization",
        anchor="cause_id",
        alike=("card_id", "cause_id"),
        related=("organization", "card"),
    ),
    Estate("register.fields", "自定义字段", AddedField, "organization", Q(retired_at=None)),
)
