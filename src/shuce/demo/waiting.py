"""Steps that stop where somebody has to decide, so that the city's inboxes are not empty."""

from datetime import datetime, timedelta

from shuce.demo.journey import Life, cost_of_guidance
from shuce.demo.journey_end import sent_up
from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.disposal import commands as disposal
from shuce.lifecycle.disposal.rules import DisposalKind
from shuce.lifecycle.market import commands as market
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.register import commands as register
from shuce.supervision.reporting import commands as reporting


def before(now: datetime, days: int) -> datetime:
    """Return half past nine in the morning, `days` days before `now`."""
    day = now - timedelta(days=days)
    return day.replace(hour=1, minute=30, second=0, microsecond=0)


def submit_card(life: Life, *, until: str = "") -> None:
    """Put the card to approval; it waits at step `until`, or where it came in."""
    assert life.recognition is not None
    keeper = life.sign(Role.ASSET_KEEPER)
    life.card = register.draft_card(life.recognition, life.facts, by=keeper)
    register.submit_card(life.card, by=keeper)
    if until:
        life.pass_approval(Matter.CARD_ENTRY, life.card.id, until=until)


def right_waits(life: Life, *, until: str) -> None:
    """Let the application for a right come as far as step `until`."""
    assert life.grant is not None
    life.pass_approval(Matter.GRANT_RIGHT, life.grant.id, until=until)


def disposal_waits(life: Life, *, until: str) -> None:
    """Propose to hand the asset to another body; the proposal waits at step `until`."""
    life.later(days=1)
    proposed = disposal.propose_disposal(
        life.the_card,
        DisposalKind.TRANSFER,
        "社区服务职能调整，数据随职能划转",
        recipient="市社区事务受理服务中心",
        by=life.sign(Role.ASSET_KEEPER),
    )
    life.pass_approval(Matter.DISPOSAL, proposed.id, until=until)


def price_waits(life: Life, at: datetime, *, name: str, until: str) -> None:
    """Some while later, register one more product and propose its price; that waits at `until`."""
    life.at = max(life.at, at)
    agent = life.sign(Role.OPERATOR_AGENT, life.operator)
    product = market.register_product(name, ProductKind.REPORT, [life.the_grant], by=agent)
    life.later(days=1)
    price = market.propose_guided_price(
        product,
        cost_of_guidance(),
        Money(90),
        by=life.sign(Role.OPERATOR_AGENT, life.operator),
    )
    life.pass_approval(Matter.PRICE, price.id, until=until)


def bureau_reports(life: Life, at: datetime) -> None:
    """Some while later the bureau reports for the whole city; its chief confirms."""
    life.at = max(life.at, at)
    reviewer = life.sign(Role.BUREAU_REVIEWER, "sfj")
    chief = life.city.sign("sfj", Role.BUREAU_REVIEWER, 1)
    reporting.confirm_report(sent_up(life.city["sfj"], reviewer), by=chief)
