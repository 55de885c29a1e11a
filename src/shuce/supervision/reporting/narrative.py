"""分析报告: what the figures of a report say, in sentences. Nothing here is typed in."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from shuce.foundation.office.showing import day
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register.words import Grade
from shuce.supervision.reporting.models import Report
from shuce.supervision.reporting.words import Unit


def paragraphs(report: Report) -> list[tuple[str, str]]:
    """Return (heading, paragraph) for each part of what must be reported."""
    told = _Told(report.figures)
    body = report.organization.name
    year_end = say("{year}年末", year=report.year)
    until = day(report.counted_at) if report.is_interim else year_end
    return [
        (say("一、资产总量"), "".join(_totals(body, until, told))),
        (say("二、配置情况"), "".join(_acquisition(told))),
        (say("三、使用和授权情况"), "".join(_use(told))),
        (say("四、收益情况"), "".join(_revenue(told))),
        (say("五、处置情况"), "".join(_disposal(told))),
        (say("六、安全情况"), "".join(_safety(told))),
    ]


class _Told:
    """The figures by code; one that was not yet counted reads as nothing."""

    def __init__(self, figures: Mapping[str, int]) -> None:
        self._figures = figures

    def __getitem__(self, code: str) -> int:
        return self._figures.get(code, 0)

    def money(self, code: str) -> Money:
        return Money(self[code])

    def change(self, code: str, before: str) -> str:
        """Return by how many per cent the assets are more or fewer than they were."""
        now, then = self[code], self[before]
        if not then:
            return say("年初没有在册资产")
        percent = (Decimal(now - then) * 100 / then).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if percent > 0:
            return say("资产个数比年初增长{percent}%", percent=percent)
        if percent < 0:
            return say("资产个数比年初下降{percent}%", percent=-percent)
        return say("资产个数与年初持平")


def _totals(body: str, until: str, told: _Told) -> Iterator[str]:
    yield say(
        "截至{until}，{body}及所属单位在册数据资产{count}项，数据规模{rows}条，"
        "原值{cost}，账面价值{value}。",
        until=until,
        body=body,
        count=told["1.total.count"],
        rows=f"{told['1.total.rows']:,}",
        cost=told.money("1.total.cost"),
        value=told.money("1.total.value"),
    )
    yield say(
        "{change}，本年增加{increase}项，减少{decrease}项。",
        change=told.change("8.closing.count", "8.opening.count"),
        increase=told["8.increase.count"],
        decrease=told["8.decrease.count"],
    )
    strict = sum(told[f"2.{grade.value}.count"] for grade in (Grade.IMPORTANT, Grade.CORE))
    yield say(
        "其中重要数据和核心数据{strict}项，涉及个人信息{personal}项，尚未定级{ungraded}项。"
        "另有{memo}项数据资源列入备查簿。",
        strict=strict,
        personal=told["2.total.personal"],
        ungraded=told["2.ungraded.count"],
        memo=told["m.total.count"],
    )


def _acquisition(told: _Told) -> Iterator[str]:
    yield say(
        "本年新增数据资产{new}项，原值{cost}，其中自主采集{collected}项、生产加工{produced}项、"
        "购置{purchased}项（原值{paid}）。",
        new=told["3.total.new"],
        cost=told.money("3.total.new_cost"),
        collected=told["3.COLLECTED.new"],
        produced=told["3.PRODUCED.new"],
        purchased=told["3.PURCHASED.new"],
        paid=told.money("3.PURCHASED.new_cost"),
    )


def _use(told: _Told) -> Iterator[str]:
    yield say(
        "年末可共享的数据资产{shared}项，可开放的{opened}项。本年批准授权{approved}件，"
        "其中有偿{paid}件；年末有效授权{running}件，涉及数据资产{cards}项。",
        shared=told["4.sharing_UNCONDITIONAL.count"] + told["4.sharing_CONDITIONAL.count"],
        opened=told["4.opening_UNCONDITIONAL.count"] + told["4.opening_CONDITIONAL.count"],
        approved=told["4.grants.approved"],
        paid=told["4.grant_PAID.approved"],
        running=told["4.grants.running"],
        cards=told["4.grants.count"],
    )


def _revenue(told: _Told) -> Iterator[str]:
    yield say(
        "本年应收{billed}，实收{received}；本范围单位应缴国库{due}，已缴{remitted}，"
        "年末未缴{outstanding}，留归单位{kept}。",
        **{
            line: told.money(f"5.{line}.amount")
            for line in ("billed", "received", "due", "remitted", "outstanding", "kept")
        },
    )


def _disposal(told: _Told) -> Iterator[str]:
    if not told["6.total.count"]:
        yield say("本年没有办结的数据资产处置。")
        return
    yield say(
        "本年办结处置{count}项，原值{cost}，其中彻底销毁{destroyed}项。",
        count=told["6.total.count"],
        cost=told.money("6.total.cost"),
        destroyed=told["6.DESTRUCTION.count"],
    )


def _safety(told: _Told) -> Iterator[str]:
    if told["7.total.count"]:
        yield say(
            "本年发现数据安全事件{count}件，影响{persons}人，损失估计{loss}，年末未结案{open}件。",
            count=told["7.total.count"],
            persons=told["7.total.persons"],
            loss=told.money("7.total.loss"),
            open=told["7.total.unsettled"],
        )
    else:
        yield say("本年没有发现数据安全事件。")
    yield say("开展应急演练{drills}次。", drills=told["7.drills.count"])


def in_words(value: int, unit: Unit) -> str:
    """Return a figure with its unit: 12 项, ¥1,200.00."""
    if unit is Unit.MONEY:
        return str(Money(value))
    return say("{value}{unit}", value=f"{value:,}", unit=unit.label)
