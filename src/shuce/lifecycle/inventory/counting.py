"""A stocktake on a page and on paper: its figures, and the report that is signed."""

from datetime import datetime
from typing import Any

from shuce.foundation.office.parts import Figure
from shuce.foundation.office.showing import plain
from shuce.kernel.words import say
from shuce.lifecycle.inventory.comparing import Count, count_of, unscanned
from shuce.lifecycle.inventory.models import Stocktake

_MOST_LINES = 1_000


def figures_of(count: Count) -> list[Figure]:
    return [
        Figure(
            say("数据源"),
            count.sources,
            icon="database",
            note=say("{count} 个在盘点期间未扫描", count=count.unscanned)
            if count.unscanned
            else "",
        ),
        Figure(say("数据表"), count.tables, icon="table"),
        Figure(say("已建卡"), count.registered, icon="books"),
        Figure(say("盘盈"), count.surplus, icon="plus"),
        Figure(say("盘亏"), count.shortage, icon="alert-triangle"),
        Figure(
            say("变动"),
            count.changed,
            icon="refresh",
            note=_if_any("{count} 项差异待处理", count.waiting),
        ),
    ]


def _if_any(sentence: str, count: int) -> str:
    return say(sentence, count=count) if count else ""


def printed(stocktake: Stocktake, *, at: datetime) -> dict[str, Any]:
    """Return what the report of a stocktake shows on paper."""
    count = count_of(stocktake)
    lines = stocktake.lines.select_related("resource__source", "resource__organization")
    missed = list(unscanned(stocktake)[:200])
    return {
        "title": say("数据资产清查盘点报告"),
        "name": stocktake.name,
        "facts": [
            [label, plain(value)]
            for label, value in (
                (say("单位"), stocktake.organization),
                (say("状态"), stocktake.state.label),
                (say("开始时间"), stocktake.opened_at),
                (say("截止日期"), stocktake.due_on),
                (say("办结时间"), stocktake.signed_off_at),
                (say("盘点范围"), say("本单位及所属单位的全部已接入数据源")),
            )
        ],
        "figures": [
            [say("数据源"), str(count.sources)],
            [say("其中盘点期间未扫描"), str(count.unscanned)],
            [say("数据表"), str(count.tables)],
            [say("其中已建卡"), str(count.registered)],
            [say("其中列入备查簿"), str(count.memorandum)],
            [say("盘盈"), str(count.surplus)],
            [say("盘亏"), str(count.shortage)],
            [say("变动"), str(count.changed)],
            [say("待处理的差异"), str(count.waiting)],
        ],
        "lines": [
            [
                one.difference.label,
                f"{one.resource.source} / {one.resource}",
                plain(one.resource.organization),
                one.note,
                one.conclusion or say("待处理"),
            ]
            for one in lines[:_MOST_LINES]
        ],
        "missed": [[plain(one.organization), one.name] for one in missed],
        "seal": say("{holder}（盖章）", holder=stocktake.organization),
        "words": {
            "figures": say("一、盘点结果"),
            "figure": [say("项目"), say("数量")],
            "lines": say("二、差异及处理结论"),
            "line": [say("差异"), say("数据表"), say("单位"), say("情况"), say("处理结论")],
            "no_lines": say("账实相符，没有差异。"),
            "missed": say("三、盘点期间未扫描的数据源"),
            "source": [say("单位"), say("数据源")],
            "no_missed": say("全部已接入的数据源都在盘点期间扫描过。"),
            "signers": [say("盘点人（签字）"), say("监盘人（签字）"), say("单位负责人（签字）")],
            "printed": say("打印时间 {at}", at=plain(at)),
        },
    }
