"""The drawings of a report: how its assets divide, what moved, what came in."""

from collections.abc import Callable, Mapping
from typing import Any

from shuce.foundation.organizations.rules import HOLDERS, Kind
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register.words import Acquisition, Grade


def charts_of(figures: Mapping[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Return (title, chart) for the drawings that have something to show."""
    grades = [(one.label, figures.get(f"2.{one.value}.count", 0)) for one in Grade]
    grades.append((say("尚未定级"), figures.get("2.ungraded.count", 0)))
    kinds = [
        (kind.label, figures.get(f"1.{kind.value}.count", 0)) for kind in Kind if kind in HOLDERS
    ]
    modes = [(one.label, _yuan(figures, f"3.{one.value}.cost")) for one in Acquisition]
    money = [
        (say(title), _yuan(figures, f"5.{line}.amount"))
        for line, title in (
            ("billed", "本年应收"),
            ("received", "本年实收"),
            ("due", "本年应缴国库"),
            ("remitted", "本年已缴国库"),
            ("kept", "本年留归单位"),
        )
    ]
    drawn: list[tuple[str, list[tuple[str, Any]], Callable[..., dict[str, Any]]]] = [
        (say("分级分布（项）"), grades, _pie),
        (say("单位类别（项）"), kinds, _pie),
        (say("配置方式与原值（元）"), modes, _bars),
        (say("收益（元）"), money, _bars),
    ]
    return [(title, draw(pairs)) for title, pairs, draw in drawn if any(v for _, v in pairs)]


def _yuan(figures: Mapping[str, int], code: str) -> float:
    # Only drawn, never reckoned with.
    return float(Money(figures.get(code, 0)).yuan)


def _pie(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = [{"name": name, "value": value} for name, value in pairs if value]
    return {
        "series": [{"type": "pie", "radius": ["42%", "68%"], "data": data}],
    }


def _bars(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    shown = [pair for pair in reversed(pairs) if pair[1]]
    return {
        "grid": {"left": 8, "right": 32, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "splitNumber": 3},
        "yAxis": {"type": "category", "data": [name for name, _ in shown]},
        "series": [{"type": "bar", "data": [value for _, value in shown], "barMaxWidth": 22}],
    }
