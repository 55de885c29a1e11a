"""Found a register that is not a demo: its first bureau, and the two people who let in the rest."""

from datetime import datetime
from typing import TextIO

from django.core.management import call_command

from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.evidence.recording import command
from shuce.foundation.organizations import commands
from shuce.foundation.organizations.rules import Entering, Kind, Level
from shuce.kernel.refusals import Obstacle, Refused
from shuce.kernel.words import say
from shuce.supervision.watch.commands import install_rules


def found(
    name: str,
    uscc: str,
    region_code: str,
    level: str,
    *,
    passwords: tuple[str, str],
    at: datetime,
    out: TextIO,
) -> int:
    """Found the register of one bureau; return the exit status. All of it is kept, or nothing."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    try:
        bureau = _bureau(name, uscc, region_code, level)
        _found(bureau, passwords, at)
    except Refused as refusal:
        for obstacle in refusal.obstacles:
            print(f"✗ {obstacle}", file=out)
        return 2
    print(say("登记簿已启用：{bureau}", bureau=bureau.name), file=out)
    print(say("系统管理员 admin 登记单位和人员，安全管理员 security 任命岗位。"), file=out)
    print(say("运行 ./shuce serve 后，用这两个登录名登录。"), file=out)
    return 0


@command
def _found(bureau: Entering, passwords: tuple[str, str], at: datetime) -> None:
    system = commands.found_register(
        bureau, username="admin", name="系统管理员", password=passwords[0], at=at
    )
    body = system.member.organization
    assert body is not None
    guard = commands.enter_member(
        body, username="security", name="安全管理员", password=passwords[1], by=system
    )
    commands.appoint_first_security_admin(guard, body, by=system)
    install_procedures(by=system)
    install_rules(by=system)


def _bureau(name: str, uscc: str, region_code: str, level: str) -> Entering:
    """Return the bureau to found with; refuse a level that is not one of `Level`."""
    if level not in set(Level):
        names = "、".join(f"{value}（{label}）" for value, label in Level.pairs())
        raise Refused(Obstacle("层级应是其中之一：{names}", field="level", names=names))
    return Entering(name, Kind.FINANCE, Level(level), uscc, region_code)
