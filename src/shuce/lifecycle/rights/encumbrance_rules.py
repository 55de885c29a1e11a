"""Data assets as security or as capital: never by administrative and public bodies, for others
only where a pilot in force allows it (N-4, G-5)."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from shuce.foundation.organizations.rules import Kind
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import is_within
from shuce.lifecycle.register.rules import obstacles_to_use
from shuce.lifecycle.register.words import CardState, Grade


class EncumbranceKind(Choice):
    GUARANTEE = "GUARANTEE", "担保"
    PLEDGE = "PLEDGE", "质押"
    CONTRIBUTION = "CONTRIBUTION", "作价入股"


@dataclass(frozen=True)
class Pilot:
    """Which bodies may do what, where and how long, on which basis."""

    key: str
    title: str
    holder_kinds: frozenset[Kind]
    kinds: frozenset[EncumbranceKind]
    region: str
    starts_on: date
    ends_on: date
    basis: str


@dataclass(frozen=True)
class Burden:
    """What is to be put on an asset; `decision` is the number of the collective decision."""

    kind: EncumbranceKind
    party: str
    amount: Money
    purpose: str
    decision: str


@dataclass(frozen=True)
class Burdened:
    """What the rules need to know of the asset."""

    state: CardState
    grade: Grade | None
    holder_kind: Kind
    region: str
    value: Money | None
    already: Money = Money(0)


def pilot_for(
    burden: Burden, asset: Burdened, pilots: Sequence[Pilot], today: date
) -> Pilot | None:
    """Return the pilot in force that allows this, or none."""
    return next(
        (
            pilot
            for pilot in pilots
            if asset.holder_kind in pilot.holder_kinds
            and burden.kind in pilot.kinds
            and is_within(asset.region, pilot.region)
            and pilot.starts_on <= today < pilot.ends_on
        ),
        None,
    )


def obstacles_to_encumber(
    burden: Burden, asset: Burdened, pilots: Sequence[Pilot], today: date
) -> Iterator[Obstacle]:
    """Yield why an asset may not stand as security or capital."""
    secures = burden.kind in (EncumbranceKind.GUARANTEE, EncumbranceKind.PLEDGE)
    if asset.holder_kind.is_public_budget and secures:
        yield Obstacle(
            "行政事业单位不得用数据资产进行任何形式的担保、质押", Clause.N_4, field="kind"
        )
    elif pilot_for(burden, asset, pilots, today) is None:
        yield Obstacle(
            "不在已确认的试点范围和期限内，不能以数据资产{kind}",
            Clause.G_5,
            field="kind",
            kind=burden.kind.label,
        )
    yield from obstacles_to_use(asset.state, asset.grade)
    if asset.value is None:
        yield Obstacle("请先完成价值评估", Clause.N_4)
    elif burden.amount + asset.already > asset.value:
        yield Obstacle("金额不能超过资产的评估价值", Clause.G_15, field="amount")
    if burden.amount <= Money(0):
        yield Obstacle("请填写金额", Clause.N_4, field="amount")
    for name, words in (("party", "请填写对方单位"), ("purpose", "请写明用途"),
                        ("decision", "请填写集体决策文号")):  # fmt: skip
        if not getattr(burden, name).strip():
            yield Obstacle(words, Clause.N_4, field=name)


@cache
def pilots() -> tuple[Pilot, ...]:
    """Return the pilots as they are configured."""
    text = (files("shuce.lifecycle.rights") / "pilots.toml").read_text("utf-8")
    return tuple(
        Pilot(
            one["key"],
            one["title"],
            frozenset(Kind(kind) for kind in one["holder_kinds"]),
            frozenset(EncumbranceKind(kind) for kind in one["kinds"]),
            one["region"],
            one["from"],
            one["until"],
            one["basis"],
        )
        for one in tomllib.loads(text)["pilots"]
    )
