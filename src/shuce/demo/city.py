"""Build the demo city, let its assets live, and tell what happened and where to look."""

import shutil
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.timezone import now  # noqa: TID251  the sequencer signs heads by the clock

from shuce.demo import bodies, lives
from shuce.demo.sources import write_sources
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.sequencer import number_entries
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.succession import commands as succession
from shuce.foundation.succession.rules import Manner
from shuce.lifecycle.inventory.models import MemoEntry
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.revenue.models import ShareLine
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.sources.nodes import node_here
from shuce.supervision.watch.commands import install_rules

FOUNDED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_MADE = ("register.sqlite3", "register.sqlite3-wal", "register.sqlite3-shm")


def run() -> int:
    """Build the city unless it stands already; print the table; return the exit status."""
    home = Path(settings.HOME)
    begun, done = home / "demo.begun", home / "demo.done"
    if begun.exists() and not done.exists():
        _tell("上次演示没有完成，重新开始……")
        _clear(home)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if not done.exists():
        if Organization.objects.exists():
            print("这里已经有一个登记簿，演示请用 --home 另选文件夹。", file=sys.stderr)
            return 2
        begun.touch()
        _build(home)
        done.touch()
    number_entries(now())
    _print_table()
    return 0


def _build(home: Path) -> None:
    _tell("建立组织机构和人员")
    city = bodies.found(FOUNDED_AT)
    reviewer = city.sign("sfj", Role.BUREAU_REVIEWER)
    install_procedures(by=reviewer)
    install_rules(by=reviewer)
    _tell("生成演示数据文件")
    stories = lives.stories(write_sources(home / "sources"), now())
    whole = sum(len(story.steps) for story in stories)
    taken = 0
    for story in stories:
        life = story.begin(city)
        for step in story.steps:
            _progress(taken, whole, story.title)
            step(life)
            taken += 1
    _progress(whole, whole, "完成")
    print()
    _plan_a_succession(city)
    node_here().close()


def _plan_a_succession(city: bodies.City) -> None:
    """One unit is to join another; its head, the department and the bureau have not decided yet."""
    keeper = Signature(city.sign("sqfw", Role.ASSET_KEEPER).member, now())
    plan = succession.draft_succession(
        Manner.TAKEOVER,
        [city["sqfw"]],
        [city["qhdm"]],
        ground="沪编〔2026〕18号",
        note="机构改革，社区服务管理职能并入区划地名事务中心",
        by=keeper,
    )
    succession.submit_succession(plan, by=keeper)


def _clear(home: Path) -> None:
    """Remove what an unfinished demo left: nothing else has ever been in this home."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        call_command("flush", verbosity=0, interactive=False)
    for name in _MADE:
        (home / name).unlink(missing_ok=True)
    for folder in ("node", "sources", "checkpoints"):
        shutil.rmtree(home / folder, ignore_errors=True)


def _tell(text: str) -> None:
    print(f"· {text}", flush=True)


def _progress(taken: int, whole: int, text: str) -> None:
    if not sys.stdout.isatty():
        if taken == whole:
            print(f"· {whole} 步全部完成", end="", flush=True)
        return
    width = 28
    full = width * taken // whole
    bar = "█" * full + "░" * (width - full)
    print(f"\r  {bar} {taken:3d}/{whole} {_padded(text, 40)}", end="", flush=True)


def _print_table() -> None:
    print("\n演示城市：数据资产")
    rows: list[tuple[str, ...]] = [("编号", "名称", "持有单位", "级别", "状态")]
    for card in Card.objects.select_related("holder").order_by("id"):
        rows.append(
            (
                f"…{card.number[-11:]}" if card.number else "—",
                card.name,
                card.holder.name,
                card.grade or "—",
                card.get_state_display(),
            )
        )
    _print_rows(rows, (14, 26, 24, 10, 8))
    remitted = ShareLine.objects.filter(state="REMITTED")
    figures = [
        ("单位", Organization.objects.count()),
        ("人员", Member.objects.count()),
        ("卡片", Card.objects.count()),
        ("备查", MemoEntry.objects.filter(promoted_on=None).count()),
        ("授权", Grant.objects.count()),
        ("上缴国库", sum((line.amount.fen for line in remitted), 0) / 100),
        ("存证", Entry.objects.count()),
    ]
    print("\n" + "，".join(f"{name} {value:,}" for name, value in figures))
    print(f"\n登录（口令都是 {bodies.PASSWORD}）")
    signs = [
        ("jkxx-keeper", "市健康信息中心 资产管理员", "登记卡片、管理授权、申请处置"),
        ("jkxx-steward", "市健康信息中心 数据管理员", "连接数据源、扫描、质量"),
        ("jkxx-finance", "市健康信息中心 财务人员", "入账审核、收款、分成"),
        ("jkxx-security", "市健康信息中心 安全保密员", "定级、安全评估、安全事件"),
        ("hpsj-finance", "黄浦区大数据中心 财务人员", "有卡片待审"),
        ("qhdm-head", "市区划地名事务中心 负责人", "有卡片待审，责任清单"),
        ("jkxx-member1", "市健康信息中心 决策成员", "集体决策、会议纪要"),
        ("mzj-reviewer", "市民政局 审核人", "有处置待审，主管部门监督"),
        ("sfj-reviewer", "市财政局 审批人", "有授权待批，审批流程、报告"),
        ("sfj-chief", "市财政局 审批人", "复核，确认本级报告"),
        ("sjyy-agent", "申江数据运营 经办人", "申请授权、产品、合同、账单"),
        ("sjyy-analyst", "申江数据运营 分析师", "数据净室查询"),
        ("knbx-agent", "康宁健康保险 经办人", "竞价、合同、账单"),
        ("szpg-appraiser", "申正资产评估 评估师", "价值评估"),
        ("sjjy-officer", "数据交易所 经办人", "保管竞价密钥"),
        ("ssjj-auditor", "市审计局 审计人员", "存证、监督检查"),
        ("rdcw-reader", "市人大常委会预算工委", "资产报告"),
        ("sfj-system", "系统管理员", "组织机构"),
        ("sfj-security", "安全管理员", "岗位任免"),
        ("sfj-audit", "审计管理员", "存证"),
    ]
    _print_rows([("登录名", "岗位", "先看什么"), *signs], (18, 30, 30))
    print("\n验证存证：./shuce verify        启动网页：./shuce serve\n", flush=True)


def _print_rows(rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    for number, row in enumerate(rows):
        print("  " + " ".join(_padded(cell, w) for cell, w in zip(row, widths, strict=True)))
        if number == 0:
            print("  " + "─" * (sum(widths) + len(widths) - 1))


def _padded(text: str, width: int) -> str:
    """Pad to a width counted as terminals show it: a Chinese character takes two places."""
    shown = ""
    taken = 0
    for character in text:
        size = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken + size > width:
            break
        shown += character
        taken += size
    return shown + " " * (width - taken)
