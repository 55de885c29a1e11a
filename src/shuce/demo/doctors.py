"""A second holder's asset about the same people, and its fusion with the visits of Pudong."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from shuce.demo.bodies import City
from shuce.demo.journey import Life
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.cleanroom.blend_queries import grants_to_blend
from shuce.lifecycle.cleanroom.blend_rules import BlendSpec, SideSpec
from shuce.lifecycle.cleanroom.blending import keep_blend, open_blend, put_to_nodes
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Grade, Industry, Opening, Sharing
from shuce.lifecycle.sources.rules import Address, SourceKind

TABLE, COLUMNS = "jtys_qy", ["sfzh", "qy_lb", "qy_ys"]
_KINDS = ("普通居民", "慢病患者", "老年人")


def contracts(people: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows of (id number, kind of contract, months): every third resident has a family doctor."""
    for row in range(0, len(people), 3):
        kind = 2 if people[row][3].year < 1961 else row // 3 % 2
        yield people[row][0], _KINDS[kind], row * 7 % 36 + 1


def doctors(url: str) -> Callable[[City], Life]:
    """Return how the life of the family doctors' contracts begins."""
    facts = CardFacts(
        name="家庭医生签约登记",
        summary="签约居民的身份证件号码、签约类别和月数，用于评价基层签约服务",
        industry=Industry.HEALTH,
        region_code="310101",
        acquisition=Acquisition.COLLECTED,
        source_note="社区卫生服务中心签约窗口采集",
        lawful_basis="《中华人民共和国基本医疗卫生与健康促进法》及单位职责",
        obtained_on=date(2026, 2, 28),
        personal_data=True,
        personal_basis="履行法定职责所必需，最小必要字段，去标识化使用",
        sharing=Sharing.CONDITIONAL,
        opening=Opening.CONDITIONAL,
        update_cycle_days=90,
        cost=Money.from_yuan(90_000),
    )

    def begin(city: City) -> Life:
        at = datetime(2026, 4, 10, 1, 30, tzinfo=UTC)
        address = Address("家医签约库", SourceKind.SQLITE, url, "演示数据")
        return Life(city, "hpsj", "sjyy", at, address, TABLE, facts, Grade.L4, tuple(COLUMNS))

    return begin


def fuse(life: Life) -> None:
    """Count, without either list leaving its node, those with a contract who saw a doctor."""
    life.later(days=1)
    by = life.sign(Role.OPERATOR_ANALYST, life.operator)
    other = grants_to_blend(by.member).exclude(card=life.the_card).first()
    assert other is not None, "Pudong's visits may be fused"
    spec = BlendSpec(SideSpec(("qy_lb",)), SideSpec(("gender",)))
    blend = open_blend(life.the_grant, other, spec, by=by)
    life.seen["blend"] = keep_blend(blend, put_to_nodes(blend, lambda *_: True, by=by), by=by)
