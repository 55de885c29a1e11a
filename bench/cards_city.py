"""A city: its bodies, the people who act for them, and cards with names as offices give them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from random import Random

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Case
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.organizations import commands
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Entering, Kind, Level, Link
from shuce.kernel.identifiers import body_check_character, uscc_check_character
from shuce.kernel.money import Money
from shuce.lifecycle.inventory.rules import CRITERIA, Criterion, RecognitionAnswers
from shuce.lifecycle.register.bulk import BulkRow
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Grade, Industry, Sharing


def _words(text: str) -> list[str]:
    return text.split()


_DEPARTMENTS = _words(
    "公安 民政 司法 人社 规划资源 生态环境 住建 交通 农业农村 商务 文旅"
    " 卫生健康 退役军人 应急 审计 市场监管 体育 统计 医保 绿化市容 水务"
    " 民防 信访 教育 科技"
)
_UNITS = _words(
    "信息中心 服务中心 监测站 执法总队 档案馆 研究院 登记中心 指挥中心 考试院"
    " 管理处 评估中心 保障中心"
)
_OF = _words(
    "不动产 门诊 住院 婚姻 低保 公积金 车辆 驾驶证 企业 个体工商户 食品经营"
    " 排污口 空气 河道 泵站 公交 地铁 停车 学籍 教师 考生 社保 养老 失业"
    " 工伤 医保 药品 疫苗 传染病 献血 殡葬 社团 律师 公证 法援 土地 规划"
    " 建筑 燃气 供水 电力 防汛 地震 气象 消防 危化品 特种设备 计量 专利"
    " 商标 科研项目 图书 文物 博物馆 体育场馆 景区 酒店 外贸 口岸 农田"
    " 渔船 种子 林地 绿化 垃圾 信访 户籍 居住证 出入境 案件 监控 志愿者"
)
_WHAT = _words(
    "登记 备案 许可 处罚 检查 巡查 监测 采集 结算 缴费 申请 审批 评价"
    " 考核 抽检 投诉 预警 调度 统计 核查 年检 注销 变更 培训 评估 流量"
    " 库存 价格 位置 影像"
)
_FORM = _words("信息 记录 明细 台账 数据集 清单 汇总表 档案 目录 日志 指标 名录")
_RANGE = _words("全市 市级 区级 街镇 历年 实时 当年 第三方 归集 共享")
_SAID = (
    "按日归集，用于公共服务和统计分析",
    "由各区上报，经清洗比对后入库",
    "来自业务系统，按月更新，供跨部门共享",
    "办理事项过程中形成，含办件编号和结果",
    "物联感知设备采集，保留最近三年",
    "依申请提供，涉及个人信息的字段已脱敏",
)
_COLUMNS = (
    ("sfzh", "身份证号"), ("xm", "姓名"), ("lxdh", "联系电话"), ("zcdz", "注册地址"),
    ("tyshxydm", "统一社会信用代码"), ("blrq", "办理日期"), ("je", "金额"), ("zt", "状态"),
    ("bh", "编号"), ("jd", "经度"), ("wd", "纬度"), ("bz", "备注"),
)  # fmt: skip


def uscc(prefix: str, serial: int) -> str:
    body = f"{serial:08d}"
    first_17 = f"{prefix}310000{body}{body_check_character(body)}"
    return first_17 + uscc_check_character(first_17)


class City:
    """The bodies, and whoever acts for each."""

    def __init__(self, at: datetime, units_of_a_department: int = 12) -> None:
        self.at = at
        clerk = commands.found_register(
            Entering("市财政局", Kind.FINANCE, Level.PROVINCE, uscc("11", 1), "310000"),
            username="system", name="系统管理员", password=_PASSWORD, at=at,
        )  # fmt: skip
        assert clerk.member.organization
        self.bureau = clerk.member.organization
        self._clerk = clerk
        guard = self._person(self.bureau, "security")
        commands.appoint_first_security_admin(guard, self.bureau, by=clerk)
        self._guard = Signature(guard, at)
        self.people: dict[tuple[str, Role], Signature] = {}
        self._post(self.bureau, Role.BUREAU_REVIEWER)
        install_procedures(by=self.sign(self.bureau, Role.BUREAU_REVIEWER))
        self.departments: list[Organization] = []
        self.units: list[Organization] = []
        for name in _DEPARTMENTS:
            department = self._enter(f"市{name}局", Kind.DEPARTMENT, "11", self.bureau)
            self._post(department, Role.DEPARTMENT_REVIEWER)
            self.departments.append(department)
            for unit in _UNITS[:units_of_a_department]:
                self.units.append(self._unit(f"市{name}{unit}", department))

    def sign(self, body: Organization, role: Role) -> Signature:
        return self.people[body.id, role]

    def approve(self, case: Case) -> None:
        """Let everybody whose turn it is approve."""
        while waiting := case.tasks.select_related("organization").first():
            by = self.sign(waiting.organization, Role(waiting.role))
            approvals.decide(case, waiting.step, Verdict.APPROVE, opinion="同意", by=by)
            case.refresh_from_db()

    def _unit(self, name: str, department: Organization) -> Organization:
        unit = self._enter(name, Kind.INSTITUTION, "12", department)
        for role in (
            Role.ASSET_KEEPER, Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.UNIT_HEAD
        ):  # fmt: skip
            self._post(unit, role)
        head = self.sign(unit, Role.UNIT_HEAD)
        for link in (Link.CONFIRMATION, Link.SECURITY):
            commands.assign_duty(unit, link, head.member, "数据资产管理办法", by=head)
        return unit

    def _enter(self, name: str, kind: Kind, prefix: str, above: Organization) -> Organization:
        serial = Organization.objects.count() + 1
        told = Entering(name, kind, Level.PROVINCE, uscc(prefix, serial), "310000")
        return commands.enter_organization(told, above, by=self._clerk)

    def _person(self, body: Organization, username: str) -> Member:
        return commands.enter_member(
            body, username=username, name=username, password=_PASSWORD, by=self._clerk
        )

    def _post(self, body: Organization, role: Role) -> None:
        member = self._person(body, f"p{len(self.people)}")
        commands.appoint(member, body, role, by=self._guard)
        self.people[body.id, role] = Signature(Member.objects.get(pk=member.pk), self.at)


_PASSWORD = "shuce-Bench-2026"
ANSWERS = RecognitionAnswers(**{name: Criterion(True, "原台账") for name in CRITERIA})
_USUAL = CardFacts(
    name="",
    industry=Industry.PUBLIC,
    region_code="310000",
    acquisition=Acquisition.COLLECTED,
    source_note="业务系统归集",
    lawful_basis="《上海市数据条例》第二十三条",
    obtained_on=date(2025, 6, 1),
)


def rows(random: Random, count: int) -> Iterator[BulkRow]:
    """Yield cards of one unit, each with a name, a summary and a number of the old ledger."""
    industries, sharings = list(Industry), list(Sharing)
    for number in range(count):
        of, what = random.choice(_OF), random.choice(_WHAT)
        name = f"{random.choice(_RANGE)}{of}{what}{random.choice(_FORM)}"
        facts = replace(
            _USUAL,
            name=f"{name}{random.randrange(1, 400)}" if random.random() < 0.3 else name,
            summary=f"{of}{what}数据，{random.choice(_SAID)}",
            industry=random.choice(industries),
            sharing=random.choice(sharings),
            cost=Money.from_yuan(random.randrange(0, 400_000)),
        )
        yield BulkRow(f"TZ-{number:06d}", facts)


def grade(random: Random) -> Grade:
    return random.choice((Grade.L1, Grade.L2, Grade.L2, Grade.L3, Grade.L3, Grade.L4))


def columns(random: Random) -> list[dict[str, str]]:
    some = random.sample(_COLUMNS, 7)
    return [{"name": name, "comment": comment, "grade": "L2"} for name, comment in some]


def questions(random: Random, units: list[Organization]) -> Iterator[tuple[str, str]]:
    """Yield (kind, what is typed) without end: what people look for, common and rare."""
    from shuce.engines.search.sounds import syllables

    while True:
        of, what = random.choice(_OF), random.choice(_WHAT)
        sounds = syllables(of)
        yield "two characters", what
        yield "a word", of + what
        yield "one character", random.choice(of + what)
        yield "two words", f"{of} {random.choice(_FORM)}"
        yield "pinyin", "".join(sounds)
        yield (
            "initials",
            "".join(one[0] for one in sounds) + "".join(one[0] for one in syllables(what)),
        )
        yield "a code", f"{random.randrange(1, 3000):06d}"
        yield "a column", random.choice(_COLUMNS)[1]
        yield "an owner", random.choice(units).name[1:]
        yield "nothing there", random.choice(_OF) + "火星"
