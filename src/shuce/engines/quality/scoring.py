"""Score measured rules in the six dimensions of GB/T 36344-2018."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuce.engines.quality.measuring import Measured
from shuce.engines.quality.rules import catalogue
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Standard(Choice):
    """Whose formula an indicator's value follows; they differ in direction for two indicators."""

    DB31_1523 = "db31_1523", "DB31/T 1523-2024"
    GB_36344 = "gb_36344", "GB/T 36344-2018"


@dataclass(frozen=True)
class Issue:
    """A rule that is not wholly met: how many values fail it, and of how many."""

    measured: Measured
    failing: int
    sentence: str


@dataclass(frozen=True)
class Dimension:
    """One of the six; `score` 0 to 100, None where nothing was measured."""

    code: str
    name: str
    score: float | None
    indicators: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Quality:
    """The whole: `score` 0 to 100 over the measured dimensions, None if there are none."""

    score: float | None
    dimensions: tuple[Dimension, ...]
    issues: tuple[Issue, ...]


def score(results: Sequence[Measured], weights: Mapping[str, float] | None = None) -> Quality:
    """Score the results. `weights` by dimension code; dimensions not measured do not count.

    An indicator is the mean of its rules by their weights, or of the indicators within it; a
    dimension is the mean of its indicators that lie in no other.
    """
    weights = weights or catalogue().weights
    if unknown := sorted(set(weights) - set(catalogue().dimensions)):
        raise ValueError(say("没有质量维度 {names}", names="、".join(unknown)))
    if any(weight < 0 for weight in weights.values()):
        raise ValueError(say("权重不能为负"))
    by_indicator = indicator_values(results)
    dimensions = tuple(
        _dimension(code, name, by_indicator) for code, name in catalogue().dimensions.items()
    )
    counted = [(d.score, weights.get(d.code, 0)) for d in dimensions if d.score is not None]
    whole = sum(weight for _, weight in counted)
    total = sum(value * weight for value, weight in counted) / whole if whole else None
    return Quality(None if total is None else round(total, 2), dimensions, _issues(results))


def indicator_values(
    results: Sequence[Measured], standard: Standard = Standard.DB31_1523
) -> dict[str, float]:
    """Return each measured indicator's X, 0 to 1, as the standard's own formula gives it.

    030300 重复率 and 030500 脏数据出现率 are 1 - A/B in DB31/T 1523, A/B in GB/T 36344.
    """
    values: dict[str, float] = {}
    for code, indicator in catalogue().indicators.items():
        shares = [
            (measured.share, measured.rule.weight)
            for measured in results
            if measured.rule.feeds == code and measured.share is not None
        ]
        whole = sum(weight for _, weight in shares)
        if not whole:
            continue
        good = sum(share * weight for share, weight in shares if share is not None) / whole
        turned = indicator.inverse and standard is Standard.GB_36344
        values[code] = 1 - good if turned else good
    return _with_wholes(values)


def _with_wholes(values: dict[str, float]) -> dict[str, float]:
    """Add the indicators that are means of others, over those of them that were measured."""
    parts: dict[str, list[float]] = {}
    for code, value in values.items():
        if whole := catalogue().indicators[code].within:
            parts.setdefault(whole, []).append(value)
    made = {code: sum(found) / len(found) for code, found in parts.items()}
    return {code: (values | made)[code] for code in catalogue().indicators if code in values | made}


def _dimension(code: str, name: str, values: Mapping[str, float]) -> Dimension:
    own = tuple(
        (indicator, value)
        for indicator, value in values.items()
        if catalogue().indicators[indicator].dimension == code
    )
    whole = [value for indicator, value in own if not catalogue().indicators[indicator].within]
    mean = round(100 * sum(whole) / len(whole), 2) if whole else None
    return Dimension(code, name, mean, own)


def _issues(results: Sequence[Measured]) -> tuple[Issue, ...]:
    issues: list[Issue] = []
    for measured in results:
        rule = measured.rule
        about = rule.column or say("整行")
        if measured.problem:
            sentence = say(
                "{column}：{kind}规则无法检验，{why}",
                column=about,
                kind=rule.kind.label,
                why=measured.problem,
            )
            issues.append(Issue(measured, 0, sentence))
        elif measured.meeting < measured.assessed:
            failing = measured.assessed - measured.meeting
            sentence = say(
                "{column}：{total} 个值中有 {failing} 个不符合“{kind}”规则",
                column=about,
                total=measured.assessed,
                failing=failing,
                kind=rule.kind.label,
            )
            issues.append(Issue(measured, failing, sentence))
    issues.sort(key=lambda issue: -(issue.failing / max(1, issue.measured.assessed)))
    return tuple(issues)
