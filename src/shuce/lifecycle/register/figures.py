"""What every figure about many cards is added up from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum

from shuce.foundation.organizations.models import Member
from shuce.kernel.money import Money
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState


@dataclass(frozen=True)
class Counted:
    """How many cards have one grade and industry, and what they are worth together."""

    grade: str | None
    industry: str
    cards: int
    value: Money


def counted_by_grade_and_industry(cards: QuerySet[Card]) -> list[Counted]:
    """Count these cards in one look at them."""
    rows = (
        cards.order_by().values_list("grade", "industry").annotate(n=Count("*"), total=Sum("value"))
    )
    return [
        Counted(grade, industry, n, total if isinstance(total, Money) else Money(int(total or 0)))
        for grade, industry, n, total in rows
    ]


def overdue_seen_by(member: Member, day: date) -> QuerySet[Card]:
    """Cards in force whose data should have been updated by `day`, of those the reader sees."""
    return cards_seen_by(member).filter(state=CardState.IN_FORCE, update_due_on__lt=day)
