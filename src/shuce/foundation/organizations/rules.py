"""What bodies and posts must satisfy, from plain values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.identifiers import is_uscc
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import is_region


class Kind(Choice):
    FINANCE = "FINANCE", "财政部门"
    DEPARTMENT = "DEPARTMENT", "主管部门"
    ADMINISTRATIVE = "ADMINISTRATIVE", "行政单位"
    INSTITUTION = "INSTITUTION", "事业单位"
    ENTERPRISE = "ENTERPRISE", "国有企业"
    OPERATOR = "OPERATOR", "运营主体"
    APPRAISER = "APPRAISER", "评估机构"
    EXCHANGE = "EXCHANGE", "交易平台"
    CLIENT = "CLIENT", "数据使用方"
    AUDIT = "AUDIT", "审计机关"
    CONGRESS = "CONGRESS", "人大常委会"

    @property
    def holds_assets(self) -> bool:
        return self in HOLDERS

    @property
    def is_public_budget(self) -> bool:
        """Administrative and public institutions: N-4's bans bind them."""
        return self in (Kind.FINANCE, Kind.DEPARTMENT, Kind.ADMINISTRATIVE, Kind.INSTITUTION)


HOLDERS = frozenset(
    {Kind.FINANCE, Kind.DEPARTMENT, Kind.ADMINISTRATIVE, Kind.INSTITUTION, Kind.ENTERPRISE}
)
# Each kind's lawful place in the tree: which kinds may stand above it. Others stand alone.
ABOVE: dict[Kind, frozenset[Kind]] = {
    Kind.FINANCE: frozenset({Kind.FINANCE}),
    Kind.DEPARTMENT: frozenset({Kind.FINANCE}),
    Kind.ADMINISTRATIVE: frozenset({Kind.FINANCE, Kind.DEPARTMENT}),
    Kind.INSTITUTION: frozenset({Kind.FINANCE, Kind.DEPARTMENT, Kind.INSTITUTION}),
    Kind.ENTERPRISE: frozenset({Kind.FINANCE, Kind.DEPARTMENT, Kind.ENTERPRISE}),
    # Auditors and congress stand where they read: at a bureau's place in the tree.
}
# First two characters of the credit code, by who registers the body (GB 32100-2015, table 1).
PREFIXES: dict[Kind, tuple[str, ...]] = {
    Kind.FINANCE: ("11",),
    Kind.DEPARTMENT: ("11",),
    Kind.ADMINISTRATIVE: ("11",),
    Kind.INSTITUTION: ("12",),
    Kind.ENTERPRISE: ("91",),
    Kind.OPERATOR: ("91",),
    Kind.APPRAISER: ("91",),
    Kind.EXCHANGE: ("91", "12"),
    Kind.CLIENT: ("91", "12", "52"),
    Kind.AUDIT: ("11",),
    Kind.CONGRESS: ("11",),
}


class Level(Choice):
    CENTRAL = "CENTRAL", "中央"
    PROVINCE = "PROVINCE", "省级（直辖市）"
    CITY = "CITY", "地市级"
    DISTRICT = "DISTRICT", "区县级"


class Link(Choice):
    """重点管理环节: the seven key links of N-2 and S-3."""

    CONFIRMATION = "CONFIRMATION", "确权"
    ACQUISITION = "ACQUISITION", "配置"
    USE = "USE", "使用"
    DISPOSAL = "DISPOSAL", "处置"
    REVENUE = "REVENUE", "收益"
    SECURITY = "SECURITY", "安全"
    SECRECY = "SECRECY", "保密"


@dataclass(frozen=True)
class Entering:
    """A body to be entered. The form and the API both fill in exactly this."""

    name: str
    kind: Kind
    level: Level
    uscc: str
    region_code: str


def obstacles_to_enter(body: Entering, above: Kind | None) -> Iterator[Obstacle]:
    """Yield every reason the body may not be entered below a parent of kind `above`."""
    if not body.name.strip():
        yield Obstacle("请填写名称", field="name")
    if not is_uscc(body.uscc):
        yield Obstacle("统一社会信用代码不正确，请核对18位代码", Clause.N_1, field="uscc")
    elif not body.uscc.startswith(PREFIXES[body.kind]):
        yield Obstacle(
            "{kind}的统一社会信用代码应以{prefix}开头",
            Clause.N_1,
            field="uscc",
            kind=body.kind.label,
            prefix="、".join(PREFIXES[body.kind]),
        )
    if not is_region(body.region_code):
        yield Obstacle("行政区划代码不存在（GB/T 2260）", Clause.N_1, field="region_code")
    if above is not None and body.kind in ABOVE and above not in ABOVE[body.kind]:
        yield Obstacle(
            "{kind}不能设在{above}之下",
            Clause.N_1,
            field="parent",
            kind=body.kind.label,
            above=above.label,
        )
    if above is None and body.kind in HOLDERS - {Kind.FINANCE}:
        yield Obstacle("请选择上级单位", Clause.N_1, field="parent")


def obstacles_to_join(name: str, closed_on: date | None) -> Iterator[Obstacle]:
    """Yield why nobody can come to a body any more: it was closed."""
    if closed_on is not None:
        yield Obstacle("“{body}”已经撤销", Clause.G_12, body=name)


def obstacles_to_appoint(
    role_is_administrator: bool, other_administrator_posts: int, already_held: bool
) -> Iterator[Obstacle]:
    """Yield every reason a person may not be given a role."""
    if already_held:
        yield Obstacle("此人已担任该岗位")
    if role_is_administrator and other_administrator_posts:
        yield Obstacle("系统管理员、安全管理员、审计管理员须由不同人员担任", Clause.N_10)


def obstacles_to_work(link: Link, links_covered: Collection[Link]) -> Iterator[Obstacle]:
    """Yield the hole in the duty list that keeps a body from working in `link`."""
    if link not in links_covered:
        yield Obstacle(
            "责任清单尚未明确“{link}”环节的责任人和内部制度，不能开展该环节工作",
            Clause.N_2,
            link=link.label,
        )


def obstacles_to_token(expires_on: date, today: date, longest_days: int) -> Iterator[Obstacle]:
    """Yield every reason a key for programs may not last until `expires_on`."""
    if expires_on <= today:
        yield Obstacle("到期日须晚于今天", field="expires_on")
    elif (expires_on - today).days > longest_days:
        yield Obstacle("接口密钥最长{days}天", field="expires_on", days=longest_days)
