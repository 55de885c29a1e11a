"""`./shuce node`: what the owner of the data says to the node beside it."""

import argparse
import getpass
import json
import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TextIO

from shuce.kernel.refusals import Refused
from shuce.kernel.words import say
from shuce.node.enrolling import fingerprint
from shuce.node.offers import Offer
from shuce.node.owning import Owner
from shuce.node.running import LONGEST_WAIT, serve
from shuce.node.wire import Line, TurnedAway, Unreachable

_HOME = "SHUCE_NODE_HOME"
# Days are counted as China does.
_CHINA = timezone(timedelta(hours=8))


def main(words: list[str], out: TextIO = sys.stdout) -> int:
    """Run one command of the node and return its exit status."""
    arguments = _parser().parse_args(words or ["--help"])
    home = Path(arguments.home or os.environ.get(_HOME, "node-home"))
    if arguments.do is not _enrol and not (home / "node.key").exists():
        print(say("{home} 里没有节点，请先 ./shuce node enrol", home=home), file=out)
        return 2
    try:
        status: int = arguments.do(Owner(home, _now), arguments, out)
        return status
    except Unreachable as fault:
        print(say("登记簿没有应答：{fault}", fault=fault), file=out)
        return 1
    except Refused as refusal:
        print(refusal, file=out)
        return 1
    except (OSError, ValueError):
        # The engine's own words may hold the address, so the reason stays ours.
        print(say("数据源连接不上，请核对地址、账号和网络"), file=out)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shuce node", description="数据旁边的节点：只向外呼叫，保管凭据，接受授权，执行任务。"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, do: object, help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_)
        command.set_defaults(do=do)
        command.add_argument(
            "--home", metavar="DIR", help=f"节点的目录（默认 ${_HOME} 或 ./node-home）"
        )
        return command

    enrol = add("enrol", _enrol, "用一次性登记码加入登记簿")
    enrol.add_argument("--register", required=True, metavar="https://…", help="登记簿的地址")
    enrol.add_argument("--code", required=True, help="登记簿上显示的一次性登记码")
    enrol.add_argument("--ca", default="", metavar="FILE", help="只信任这个文件里的证书")
    run = add("run", _run, "运行：取任务、执行、交回结果，直到停止")
    run.add_argument("--wait", type=float, default=LONGEST_WAIT, help="一次等待的秒数")
    connect = add("connect", _connect, "接通登记簿告知的一个数据源")
    connect.add_argument("source", help="数据源的名称或编号")
    connect.add_argument("url", nargs="?", help="地址；不写则询问，不留在命令历史里")
    for name, do, help_ in (
        ("accept", _accept, "看清策略后接受一份授权，或重新接受停下的授权"),
        ("decline", _decline, "拒绝一份授权"),
        ("hold", _hold, "在本节点停下一份授权"),
    ):
        command = add(name, do, help_)
        command.add_argument("grant", help="授权的编号")
        if name == "accept":
            command.add_argument("--yes", action="store_true", help="不再询问")
            command.add_argument(
                "--spent", type=float, metavar="EPSILON", help="隐私预算实际已用多少"
            )
    for name, do, help_ in (
        ("trust", _trust, "核对指纹后，允许与另一方节点融合加工"),
        ("distrust", _distrust, "不再与另一方节点融合加工"),
    ):
        add(name, do, help_).add_argument("mark", help="另一方节点的公钥指纹")
    add("status", _status, "节点、数据源、授权和待发消息")
    return parser


def _enrol(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    node_id = owner.enrol(Line(arguments.register, arguments.ca), arguments.code)
    print(say("已登记为节点 {node}", node=node_id), file=out)
    print(say("本节点公钥指纹 {mark}，请与登记簿页面核对", mark=_mark(owner)), file=out)
    return 0


def _run(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    enrolment = owner.enrolment()
    if enrolment is None or not enrolment.node_id:
        print(say("节点还没有登记，请先 ./shuce node enrol"), file=out)
        return 2
    ended = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: ended.set())
    print(say("节点已启动，登记簿 {url}", url=enrolment.line.url), file=out, flush=True)
    try:
        serve(owner.node, enrolment, _now, ended, min(arguments.wait, LONGEST_WAIT))
    except TurnedAway as refusal:
        print(refusal, file=out, flush=True)
        return 3
    return 0


def _connect(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    url = arguments.url or getpass.getpass(say("数据源地址（不显示）："))
    count = owner.connect(arguments.source, url)
    print(say("已接通，{count} 张表；地址已加密保存在本节点", count=count), file=out)
    return _told(owner, out)


def _accept(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    offer = next((one for one in owner.offers() if one.grant_id == arguments.grant), None)
    held = owner.node.store.grant(arguments.grant)
    if offer:
        _show(offer, out)
    elif held:
        _show(Offer(held.id, held.policy, held.bindings), out)
        spent, total = owner.node.budget_of(held.id)
        print(say("已知用掉的隐私预算 {spent} / {total}", spent=spent, total=total), file=out)
        print(say("如果恢复过备份，备份以后放出过什么，节点不再知道"), file=out)
    if not arguments.yes and input(say("接受这份授权吗？输入 yes：")).strip() != "yes":
        print(say("没有接受"), file=out)
        return 1
    pin = owner.accept(arguments.grant, spent=arguments.spent)
    print(say("已接受，策略指纹 {pin}", pin=pin[:16]), file=out)
    return _told(owner, out)


def _decline(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    owner.decline(arguments.grant)
    print(say("已拒绝"), file=out)
    return _told(owner, out)


def _hold(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    owner.hold(arguments.grant)
    print(say("已停下，重新接受之前不再回答"), file=out)
    return 0


def _trust(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    owner.trust(arguments.mark)
    print(say("已允许与指纹为 {mark} 的节点融合加工", mark=arguments.mark), file=out)
    return 0


def _distrust(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    owner.distrust(arguments.mark)
    print(say("不再与指纹为 {mark} 的节点融合加工", mark=arguments.mark), file=out)
    return 0


def _status(owner: Owner, arguments: argparse.Namespace, out: TextIO) -> int:
    enrolment = owner.enrolment()
    if enrolment and enrolment.node_id:
        print(
            say("节点 {node}，登记簿 {url}", node=enrolment.node_id, url=enrolment.line.url),
            file=out,
        )
        print(say("登记簿公钥指纹 {mark}", mark=fingerprint(enrolment.register_key)), file=out)
    else:
        print(say("没有登记到别处的登记簿"), file=out)
    print(say("本节点公钥指纹 {mark}", mark=_mark(owner)), file=out)
    for mark in owner.partners():
        print(say("允许融合加工的另一方节点 {mark}", mark=mark), file=out)
    for source in owner.sources():
        there = say("已接通") if source.connected else say("待接通")
        print(
            say("数据源 {id} {name} {state}", id=source.id, name=source.name, state=there), file=out
        )
    for offer in owner.offers():
        print(say("待接受的授权 {grant}", grant=offer.grant_id), file=out)
    for grant in owner.grants():
        state = say("已停下，须重新接受") if grant.held else _STATES[grant.state]()
        spent, total = owner.node.budget_of(grant.id)
        print(
            say(
                "授权 {grant} {state} 预算 {spent}/{total}",
                grant=grant.id,
                state=state,
                spent=spent,
                total=total,
            ),
            file=out,
        )
    waiting = owner.node.store.one("SELECT count(*) FROM outbox")
    print(say("待发消息 {count} 条", count=waiting[0] if waiting else 0), file=out)
    return 0


_STATES = {
    "in_force": lambda: say("有效"),
    "suspended": lambda: say("已暂停"),
    "withdrawn": lambda: say("已撤回"),
}


def _told(owner: Owner, out: TextIO) -> int:
    enrolment = owner.enrolment()
    if enrolment and enrolment.node_id:
        print(say("已告知登记簿，或在节点下次联系登记簿时告知"), file=out)
    return 0


def _show(offer: Offer, out: TextIO) -> None:
    print(json.dumps(offer.policy, ensure_ascii=False, indent=2), file=out)
    for table, (source, name) in offer.bindings.items():
        print(
            say("{table} ← 数据源 {source} 的表 {name}", table=table, source=source, name=name),
            file=out,
        )


def _mark(owner: Owner) -> str:
    return fingerprint(owner.node.public_key)


def _now() -> datetime:
    return datetime.now(_CHINA)  # noqa: TID251  the node beside the data has no other clock
