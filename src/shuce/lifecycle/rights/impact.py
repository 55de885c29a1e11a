"""个人信息保护影响评估: on what ground, how necessary, which risks, what is done about them.

《中华人民共和国个人信息保护法》 art. 13 (grounds), 28–29 (sensitive information and separate
consent), 55–56 (the assessment, kept at least three years).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

KEPT_MONTHS = 36  # art. 56
# How long an assessment stands before it is made anew, and how early that is told: no rule says.
VALID_MONTHS = 12
REMINDED_DAYS = 30
# art. 28, by the kinds that a scan tells apart; the id number by the cautious reading.
SENSITIVE_TYPES = frozenset(
    {"id_card", "bank_card", "passport", "biometric", "medical", "insurance_no", "gps", "religion"}
)


class Ground(Choice):
    """art. 13: what makes handling personal information lawful."""

    CONSENT = "CONSENT", "取得个人同意"
    CONTRACT = "CONTRACT", "订立、履行合同所必需"
    STATUTORY = "STATUTORY", "履行法定职责或者法定义务所必需"
    EMERGENCY = "EMERGENCY", "应对突发公共卫生事件或者紧急情况所必需"
    DISCLOSED = "DISCLOSED", "处理已经合法公开的个人信息"
    LAW = "LAW", "法律、行政法规规定的其他情形"


@dataclass(frozen=True)
class Impact:
    """What the assessor found. `reference` names the law, contract or form behind the ground."""

    ground: Ground
    reference: str
    necessity: str
    risks: str
    measures: str
    acceptable: bool
    separate_consent: str = ""


def is_sensitive(types: Iterable[str]) -> bool:
    return not SENSITIVE_TYPES.isdisjoint(types)


def obstacles_to_assess_impact(
    impact: Impact, *, personal: bool, sensitive: bool
) -> Iterator[Obstacle]:
    """Yield what is missing in an assessment of a card's personal data."""
    if not personal:
        yield Obstacle("该资产不涉及个人信息，无须影响评估", Clause.G_4)
    if not impact.reference.strip():
        yield Obstacle("请写明处理依据的法律条文、合同或同意书编号", Clause.G_4, field="reference")
    if impact.ground is Ground.CONSENT and sensitive and not impact.separate_consent.strip():
        yield Obstacle(
            "含敏感个人信息且以同意为依据的，须有单独同意",
            Clause.G_4,
            field="separate_consent",
        )
    if not impact.necessity.strip():
        yield Obstacle("请写明处理目的、方式和最小必要范围", Clause.G_4, field="necessity")
    if not impact.risks.strip():
        yield Obstacle("请写明对个人权益的影响和安全风险", Clause.G_4, field="risks")
    if not impact.measures.strip():
        yield Obstacle("请写明与风险程度相适应的保护措施", Clause.G_4, field="measures")


def obstacles_to_discard(keep_until: date, today: date) -> Iterator[Obstacle]:
    if today < keep_until:
        yield Obstacle(
            "个人信息保护影响评估至少保存三年，{day}前不能删除", Clause.G_4, day=keep_until
        )
