"""What the pages of de-identified sets show: what may leave, a recipe in words, the figures."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from shuce.engines.deidentify import Recipe, Report
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import queries, set_rules
from shuce.lifecycle.cleanroom.models import Dataset
from shuce.lifecycle.cleanroom.set_forms import parameter_of
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.policies import policy_of

# What a report calls the grades of GB/T 42460: no direct identifier, the risk under its threshold.
_EFFECT = "3级：不含直接标识符，重识别风险低于阈值（GB/T 42460）"


@dataclass(frozen=True)
class Offered:
    """What a set may be made of: columns that may leave, and why the others may not."""

    columns: list[dict[str, Any]]
    subject: str
    least: int
    kept_back: list[tuple[str, str]]
    obstacles: list[Obstacle]


def offered(grant: Grant) -> Offered:
    """Return what a set under `grant` may be made of."""
    policy, _ = policy_of(grant)
    subject = policy["subject"]["key"]
    held = queries.columns_for_sets(grant)
    columns, kept_back = [], []
    for column in columns_of(grant.card):
        name = column["name"]
        if name == subject or name not in grant.columns:
            continue
        reasons = list(set_rules.obstacles_in_column(name, held[name]))
        if reasons:
            kept_back.append((name, reasons[0].reason))
        else:
            columns.append(column)
    grade = Grade(grant.card.grade)
    return Offered(
        columns,
        subject,
        policy["minimum_group"],
        kept_back,
        list(set_rules.obstacles_in_asset(held, grade)),
    )


def page_of(dataset: Dataset) -> dict[str, Any]:
    """What the page of one set shows of it, whoever reads it."""
    recipe, report = Recipe.from_json(dataset.recipe), Report.from_json(dataset.report)
    grant = dataset.grant
    return {
        "facts": [
            ("数据资产", grant.card, reverse("register:card", args=[grant.card_id])),
            ("授权编号", grant.number, reverse("rights:grant", args=[grant.id])),
            ("接收单位", grant.operator),
            ("用途", dataset.purpose),
            ("制作人", dataset.member),
            ("制作时间", dataset.made_at),
            ("交付截止日", dataset.valid_until),
            ("审查时间" if dataset.decided_at else "", dataset.decided_at),
            ("撤回时间" if dataset.withdrawn_at else "", dataset.withdrawn_at),
            ("内容摘要", dataset.digest),
        ],
        "parts": [
            (part.column, part.way.label, parameter_of(part), part.role.label)
            for part in recipe.parts
        ],
        "risks": _risks(report),
        "sensitive": report.sensitive,
        "report": report,
    }


def _risks(report: Report) -> list[tuple[str, str]]:
    return [
        ("K-匿名", say("每组至少 {n} 人，实际最小 {m} 人", n=report.k, m=report.smallest_group)),
        ("L-多样性", say("每组敏感属性至少 {n} 种取值", n=report.diversity)),
        ("组数", str(report.groups)),
        ("保留的人数（约）", str(report.people)),
        ("保留的行数（约）", str(report.rows)),
        ("隐去的行", say("不超过 {n}%", n=report.rows_lost)),
        ("隐去的人", say("不超过 {n}%", n=report.people_lost)),
        ("检察官风险（知其在内）", f"{report.prosecutor:.2%}"),
        ("检察官风险（平均）", f"{report.prosecutor_mean:.2%}"),
        ("记者风险（不知是否在内）", f"{report.journalist:.2%}"),
        ("去标识化效果", say(_EFFECT)),
    ]
