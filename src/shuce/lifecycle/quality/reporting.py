"""An assessment on a page and on paper: charts, tables, and the document that is signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from shuce.engines.quality import catalogue
from shuce.foundation.office.showing import plain
from shuce.kernel.words import say
from shuce.lifecycle.quality import queries
from shuce.lifecycle.quality.models import Assessment
from shuce.lifecycle.quality.words import IssueState

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 190, 48, 22, 24


def facts_of(assessment: Assessment) -> list[tuple[str, object]]:
    card = assessment.card
    return [
        (say("数据资产"), card.name),
        (say("资产编号"), card.number),
        (say("持有单位"), card.holder),
        (say("评价时间"), assessment.measured_at),
        (say("评价人"), assessment.member),
        (say("数据规模（条）"), _rows_of(assessment)),
        (say("规则数"), len(assessment.results)),
        (say("未达标规则数"), assessment.failing),
        (
            say("规则来源"),
            say("持有单位选定") if assessment.chosen else say("按扫描结果建议，尚未选定"),
        ),
        (say("评价依据"), "GB/T 36344-2018、DB31/T 1523-2024"),
    ]


def _rows_of(assessment: Assessment) -> int | None:
    """The rows assessed: as many as the rule that looked at most of them."""
    return max((one["assessed"] for one in assessment.results), default=None)


def bars_of(assessment: Assessment) -> dict[str, Any]:
    """The scores of the six dimensions as a chart."""
    shown = [one for one in queries.dimensions_of(assessment) if one["score"] is not None][::-1]
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "max": 100},
        "yAxis": {"type": "category", "data": [one["name"] for one in shown]},
        "series": [
            {
                "type": "bar",
                "data": [one["score"] for one in shown],
                "barMaxWidth": 18,
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def trend_of(oldest_first: Sequence[Assessment]) -> dict[str, Any]:
    """The scores over time: the whole, and each dimension that was measured."""
    days = [f"{localtime(one.measured_at):%Y-%m-%d}" for one in oldest_first]
    lines = [{"name": say("总分"), "data": [float(one.score) for one in oldest_first]}]
    for code, name in catalogue().dimensions.items():
        scores = [_score_in(one, code) for one in oldest_first]
        if any(score is not None for score in scores):
            lines.append({"name": say(name), "data": scores})
    return {
        "legend": {"type": "scroll", "bottom": 0},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 40, "containLabel": True},
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "max": 100, "scale": True},
        "series": [{"type": "line", "connectNulls": True, **line} for line in lines],
    }


def _score_in(assessment: Assessment, code: str) -> float | None:
    return next((one["score"] for one in assessment.dimensions if one["code"] == code), None)


def printed(assessment: Assessment, *, at: datetime) -> dict[str, Any]:
    """Return what the report on paper shows."""
    card = assessment.card
    trend = queries.trend_until(assessment)
    issues = queries.issues_of(card).filter(opened_at__lte=assessment.measured_at)
    waiting = list(issues.filter(state=IssueState.OPEN).order_by("due_on")[:100])
    return {
        "title": say("数据资产质量评价报告"),
        "number": card.number or say("尚未编号"),
        "name": card.name,
        "score": f"{assessment.score}",
        "facts": [[label, plain(value)] for label, value in facts_of(assessment)],
        "summary": _summary(assessment, len(waiting)),
        "dimensions": [
            [one["name"], _number(one["score"]), str(one["weight"])]
            for one in queries.dimensions_of(assessment)
        ],
        "indicators": [
            [
                one.code,
                f"　{one.name}" if one.within else one.name,
                one.dimension,
                _share(one.value),
            ]
            for one in queries.indicators_shown(assessment)
        ],
        "trend": trend_drawn(trend) if len(trend) > 1 else "",
        "rules": [
            [
                one.column,
                one.kind.label,
                one.asked,
                one.least_shown,
                one.share_shown,
                say("未达标") if one.fails else say("达标"),
            ]
            for one in queries.results_shown(assessment)
        ],
        "issues": [
            [
                one.number,
                one.sentence,
                one.severity.label,
                plain(one.owner),
                f"{one.due_on:%Y-%m-%d}",
            ]
            for one in waiting
        ],
        "seal": say("{holder}（盖章）", holder=card.holder),
        "words": {
            "score": say("总分"),
            "dimensions": say("一、维度得分"),
            "dimension": [say("维度"), say("得分"), say("权重")],
            "trend": say("二、历次得分"),
            "rules": say("三、规则检验结果"),
            "rule": [
                say("字段"),
                say("规则"),
                say("要求"),
                say("合格比例"),
                say("达标比例"),
                say("结论"),
            ],
            "issues": say("四、待整改的问题"),
            "issue": [say("编号"), say("情况"), say("严重程度"), say("责任人"), say("整改期限")],
            "no_issues": say("没有待整改的问题。"),
            "indicators": say("五、指标值（DB31/T 1523-2024）"),
            "indicator": [say("代码"), say("指标"), say("维度"), say("指标值")],
            "note": say(
                "指标值按 DB31/T 1523-2024 的公式计算，均以高为优；其中数据重复率、脏数据出现率"
                "在 GB/T 36344-2018 中以低为优，方向相反。写“未测量”的指标没有规则，不计入得分。"
            ),
            "one_trend": say("本资产首次评价，尚无历次得分。"),
            "signers": [say("评价人（签字）"), say("审核人（签字）"), say("单位负责人（签字）")],
            "printed": say("打印时间 {at}", at=plain(at)),
        },
    }


def _summary(assessment: Assessment, waiting: int) -> str:
    lowest = min(
        (one for one in queries.dimensions_of(assessment) if one["score"] is not None),
        key=lambda one: float(one["score"]),
    )
    return say(
        "本次评价按 {rules} 条规则检验，总分 {score}。得分最低的维度是{lowest}（{low}）。"
        "{failing} 条规则未达标，现有 {waiting} 项问题待整改。",
        rules=len(assessment.results),
        score=assessment.score,
        lowest=lowest["name"],
        low=_number(lowest["score"]),
        failing=assessment.failing,
        waiting=waiting,
    )


def _number(score: float | None) -> str:
    return say("未测量") if score is None else f"{score:.2f}"


def _share(value: float | None) -> str:
    return say("未测量") if value is None else f"{value:.4f}"


def trend_drawn(oldest_first: Sequence[Assessment]) -> str:
    """Return the scores over time as SVG, for paper: no script draws there."""
    scores = [float(one.score) for one in oldest_first]
    low = max(0.0, min(scores) // 10 * 10 - 10)
    wide, high = _WIDTH - _LEFT - 24, _HEIGHT - _BOTTOM - _TOP

    def x(place: int) -> float:
        return _LEFT + wide * place / (len(scores) - 1)

    def y(score: float) -> float:
        return _TOP + high * (100 - score) / (100 - low)

    points = [(round(x(place), 1), round(y(score), 1)) for place, score in enumerate(scores)]
    ticks = [low + (100 - low) * step / 4 for step in range(5)]
    every = max(1, -(-len(scores) // 8))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-size="10"'
        ' font-family="Noto Sans SC">{grid}<polyline fill="none" stroke="#0f5f78" stroke-width="2"'
        ' points="{points}"/>{dots}{days}</svg>',
        w=_WIDTH,
        h=_HEIGHT,
        grid=format_html_join(
            "",
            '<path d="M{} {}H{}" stroke="#d5dde1"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            (
                (_LEFT, round(y(one), 1), _WIDTH - 24, _LEFT - 16, round(y(one) + 3, 1), f"{one:g}")
                for one in ticks
            ),
        ),
        points=" ".join(f"{left},{top}" for left, top in points),
        dots=format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="2.5" fill="#0f5f78"/>'
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            (
                (left, top, left, round(top - 5, 1), f"{score:g}" if place % every == 0 else "")
                for place, ((left, top), score) in enumerate(zip(points, scores, strict=True))
            ),
        ),
        days=format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            (
                (left, _HEIGHT - 6, f"{localtime(one.measured_at):%y-%m-%d}")
                for place, ((left, _), one) in enumerate(zip(points, oldest_first, strict=True))
                if place % every == 0
            ),
        ),
    )
