"""The bodies of the demo city and their people: a believable piece of Shanghai.

Names of bodies are invented or general; credit codes are synthetic with right check digits; the
people do not exist. Everybody signs in with the one printed password.
"""

from dataclasses import dataclass, field
from datetime import datetime

from shuce.foundation.organizations import commands
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import PREFIXES, Entering, Kind, Level, Link
from shuce.kernel.identifiers import body_check_character, uscc_check_character

PASSWORD = "Shuce-2026-demo"


@dataclass(frozen=True)
class Body:
    """One body as it is entered: its key in this module, and the key of the one above."""

    key: str
    name: str
    kind: Kind
    above: str | None
    region: str = "310000"
    level: Level = Level.PROVINCE


BODIES = [
    Body("sfj", "上海市财政局（演示）", Kind.FINANCE, None),
    Body("hpcz", "黄浦区财政局（演示）", Kind.FINANCE, "sfj", "310101", Level.DISTRICT),
    Body("pdcz", "浦东新区财政局（演示）", Kind.FINANCE, "sfj", "310115", Level.DISTRICT),
    Body("wjw", "市卫生健康委（演示）", Kind.DEPARTMENT, "sfj"),
    Body("jtw", "市交通委（演示）", Kind.DEPARTMENT, "sfj"),
    Body("mzj", "市民政局（演示）", Kind.DEPARTMENT, "sfj"),
    Body("jkxx", "市健康信息中心", Kind.INSTITUTION, "wjw"),
    Body("jkzx", "市疾病监测中心", Kind.INSTITUTION, "wjw"),
    Body("jtzx", "市交通运行监测中心", Kind.INSTITUTION, "jtw"),
    Body("gjjt", "市公共交通数据公司", Kind.ENTERPRISE, "jtw"),
    Body("qhdm", "市区划地名事务中心", Kind.INSTITUTION, "mzj"),
    Body("sqfw", "市社区服务管理处", Kind.ADMINISTRATIVE, "mzj"),
    Body("hpsj", "黄浦区大数据中心", Kind.INSTITUTION, "hpcz", "310101", Level.DISTRICT),
    Body("pdsj", "浦东新区城市运行中心", Kind.INSTITUTION, "pdcz", "310115", Level.DISTRICT),
    Body("sjyy", "申江数据运营有限公司", Kind.OPERATOR, None),
    Body("pjyy", "浦江智数科技有限公司", Kind.OPERATOR, None),
    Body("szpg", "申正资产评估有限公司", Kind.APPRAISER, None),
    Body("hhpg", "华衡土地房地产资产评估公司", Kind.APPRAISER, None),
    Body("sjjy", "上海数据交易所（演示）", Kind.EXCHANGE, None),
    Body("knbx", "康宁健康保险股份有限公司", Kind.CLIENT, None),
    Body("cxwl", "畅行物流有限公司", Kind.CLIENT, None),
    Body("ssjj", "市审计局（演示）", Kind.AUDIT, None),
    Body("rdcw", "市人大常委会预算工委（演示）", Kind.CONGRESS, None),
]

_UNIT_ROLES = [
    Role.ASSET_KEEPER,
    Role.DATA_STEWARD,
    Role.FINANCE_OFFICER,
    Role.SECURITY_OFFICER,
    Role.UNIT_HEAD,
]
_ROLES_OF: dict[Kind, list[Role]] = {
    Kind.FINANCE: [Role.BUREAU_REVIEWER],
    Kind.DEPARTMENT: [Role.DEPARTMENT_REVIEWER],
    Kind.OPERATOR: [Role.OPERATOR_AGENT, Role.OPERATOR_ANALYST],
    Kind.APPRAISER: [Role.APPRAISER],
    Kind.EXCHANGE: [Role.EXCHANGE_OFFICER],
    Kind.CLIENT: [Role.CLIENT_AGENT],
}
_SUFFIXES = {Role.FINANCE_OFFICER: "finance", Role.SECURITY_OFFICER: "security"}
_UNIT_KINDS = (Kind.ADMINISTRATIVE, Kind.INSTITUTION, Kind.ENTERPRISE)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = [
    "文博",
    "思远",
    "雅琴",
    "志强",
    "慧敏",
    "建国",
    "晓燕",
    "立新",
    "佳怡",
    "永康",
    "丽华",
    "明哲",
    "海涛",
    "静怡",
    "德胜",
    "秀兰",
    "俊杰",
    "春梅",
    "国栋",
    "雪莹",
    "振华",
    "玉芳",
    "浩然",
    "嘉宁",
    "世安",
    "若兰",
    "承志",
    "书瑶",
    "正阳",
    "清和",
]


@dataclass
class City:
    """Who is there, by key; `sign("jkxx", Role.UNIT_HEAD)` signs as the one who holds the role."""

    at: datetime
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[tuple[str, Role], list[str]] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Organization:
        return self.organizations[key]

    def key_of(self, body: Organization) -> str:
        return next(key for key, one in self.organizations.items() if one.id == body.id)

    def sign(self, key: str, role: Role, which: int = 0) -> Signature:
        username = self.people[key, role][which]
        member = Member.objects.select_related("organization").get(username=username)
        return Signature(member, self.at)


def found(at: datetime) -> City:
    """Enter every body and person, appoint them, and fill the duty lists. All through commands."""
    city = City(at)
    first = BODIES[0]
    system = commands.found_register(
        _entering(first, 1), username="sfj-system", name="系统管理员甲", password=PASSWORD, at=at
    )
    assert system.member.organization is not None
    city.organizations[first.key] = system.member.organization
    city.people["sfj", Role.SYSTEM_ADMIN] = ["sfj-system"]
    guard = commands.enter_member(
        city["sfj"], username="sfj-security", name="安全管理员乙", password=PASSWORD, by=system
    )
    commands.appoint_first_security_admin(guard, city["sfj"], by=system)
    city.people["sfj", Role.SECURITY_ADMIN] = ["sfj-security"]
    security = Signature(guard, at)
    for serial, body in enumerate(BODIES[1:], 2):
        above = city.organizations[body.above] if body.above else None
        city.organizations[body.key] = commands.enter_organization(
            _entering(body, serial), above, by=system
        )
    _appoint_everybody(city, system, security)
    for body in BODIES:
        if body.kind in _UNIT_KINDS:
            head = city.sign(body.key, Role.UNIT_HEAD)
            for link in Link:
                commands.assign_duty(
                    city[body.key], link, head.member, "数据资产管理办法（试行）", by=head
                )
    return city


def _appoint_everybody(city: City, system: Signature, security: Signature) -> None:
    serial = 0

    def appoint(key: str, role: Role, place: str, suffix: str) -> None:
        nonlocal serial
        member = commands.enter_member(
            city[key],
            username=f"{key}-{suffix}",
            name=_SURNAMES[serial % len(_SURNAMES)] + _GIVEN[serial * 7 % len(_GIVEN)],
            password=PASSWORD,
            by=system,
        )
        serial += 1
        commands.appoint(member, city[place], role, by=security)
        city.people.setdefault((key, role), []).append(member.username)

    appoint("sfj", Role.AUDIT_ADMIN, "sfj", "audit")
    appoint("ssjj", Role.AUDITOR, "sfj", "auditor")
    appoint("rdcw", Role.CONGRESS_READER, "sfj", "reader")
    for body in BODIES:
        for role in _ROLES_OF.get(body.kind, []):
            appoint(body.key, role, body.key, _suffix(role))
        if body.kind in _UNIT_KINDS:
            for role in _UNIT_ROLES:
                appoint(body.key, role, body.key, _suffix(role))
            for member in ("1", "2", "3"):
                appoint(body.key, Role.DECISION_MEMBER, body.key, f"member{member}")
    appoint("sfj", Role.BUREAU_REVIEWER, "sfj", "chief")


def _suffix(role: Role) -> str:
    """The end of a sign-in name, such as `keeper` in `jkxx-keeper`."""
    return _SUFFIXES.get(role) or role.value.split("_")[-1].lower()


def _entering(body: Body, serial: int) -> Entering:
    return Entering(body.name, body.kind, body.level, _uscc(body, serial), body.region)


def _uscc(body: Body, serial: int) -> str:
    inner = f"{serial:08d}"
    first_17 = f"{PREFIXES[body.kind][0]}{body.region}{inner}{body_check_character(inner)}"
    return first_17 + uscc_check_character(first_17)
