"""The demo city's assets, each at its own point of life; the first lives a whole one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from shuce.demo import doctors, journey, journey_end, waiting
from shuce.demo.bodies import City
from shuce.demo.journey import Life, Step
from shuce.demo.waiting import before
from shuce.kernel.money import Money
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Grade, Industry, Opening, Sharing
from shuce.lifecycle.sources.rules import Address, SourceKind

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Story:
    """One asset of the demo: how its life begins, and the steps it takes."""

    key: str
    title: str
    begin: Callable[[City], Life]
    steps: tuple[Step, ...]


def _moment(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 1, 30, tzinfo=UTC)


def _life(
    holder: str,
    operator: str,
    at: datetime,
    source: tuple[str, SourceKind, str],
    table: str,
    facts: CardFacts,
    grade: Grade,
    columns: tuple[str, ...] = (),
    grade_reason: str = "",
) -> Callable[[City], Life]:
    name, kind, url = source

    def begin(city: City) -> Life:
        address = Address(name, kind, url, "演示数据")
        return Life(city, holder, operator, at, address, table, facts, grade, columns, grade_reason)

    return begin


def _facts(
    name: str,
    industry: Industry,
    source_note: str,
    basis: str,
    obtained_on: date,
    *,
    summary: str = "",
    cost: Money = Money(0),
    personal: bool = False,
    acquisition: Acquisition = Acquisition.COLLECTED,
    sharing: Sharing = Sharing.CONDITIONAL,
    opening: Opening = Opening.CONDITIONAL,
    region: str = "310000",
    cycle: int = 90,
) -> CardFacts:
    return CardFacts(
        name=name,
        summary=summary,
        industry=industry,
        region_code=region,
        acquisition=acquisition,
        source_note=source_note,
        lawful_basis=basis,
        obtained_on=obtained_on,
        personal_data=personal,
        personal_basis="履行法定职责所必需，最小必要字段，去标识化使用" if personal else "",
        sharing=sharing,
        opening=opening,
        update_cycle_days=cycle,
        cost=cost,
        budget_item="信息化建设与数据采购" if acquisition is Acquisition.PURCHASED else "",
        procurement_number="SHZC-2025-01832" if acquisition is Acquisition.PURCHASED else "",
    )


def _kind_of(url: str) -> SourceKind:
    if url.startswith("postgresql"):
        return SourceKind.POSTGRESQL
    if url.startswith("mysql"):
        return SourceKind.MYSQL
    return SourceKind.SQLITE if url.endswith(".sqlite") else SourceKind.FILES


VISIT_COLUMNS = ("visit_no", "id_card", "age", "gender", "district_code", "disease", "fee")


def stories(sources: dict[str, str], now: datetime) -> list[Story]:
    """Return every asset's story over the sources that were written.

    What still waits for somebody began some days before `now`; the rest lived in early 2026.
    """
    sqlite, folder = SourceKind.SQLITE, SourceKind.FILES
    visits = _life(
        "jkxx",
        "sjyy",
        _moment(1, 12),
        ("门诊就诊库", sqlite, sources["health"]),
        "mz_jzjl",
        _facts(
            "门诊就诊记录数据集",
            Industry.HEALTH,
            "本市医疗机构诊疗信息汇聚",
            "《中华人民共和国基本医疗卫生与健康促进法》及单位职责",
            date(2025, 12, 31),
            summary="2025年1月至2026年6月门诊就诊记录，含诊断、费用等，用于公共卫生分析",
            cost=Money.from_yuan(1_500_000),
            personal=True,
        ),
        Grade.L4,
        VISIT_COLUMNS,
    )
    bus = _life(
        "jtzx",
        "pjyy",
        _moment(2, 3),
        ("公交客流文件夹", folder, sources["transport"]),
        "bus_rides",
        _facts(
            "公交分时客流数据集",
            Industry.TRANSPORT,
            "公交车载终端刷卡与扫码记录汇总",
            "《上海市公共数据开放实施细则》及单位职责",
            date(2026, 1, 31),
            summary="分线路、分小时的上下客人次，不含个人信息",
            cost=Money.from_yuan(860_000),
            acquisition=Acquisition.PRODUCED,
            opening=Opening.CONDITIONAL,
        ),
        Grade.L2,
        ("ride_date", "line", "hour", "boardings", "transfers"),
    )
    divisions = partial(
        _life,
        "qhdm",
        "sjyy",
        grade=Grade.L1,
    )
    changes = divisions(
        at=_moment(2, 9),
        source=("区划变更资料", folder, sources["divisions"]),
        table="xzqh_bg",
        facts=_facts(
            "全国行政区划变更沿革",
            Industry.PUBLIC,
            "依据公开的区划批复和代码簿整理",
            "《行政区划管理条例》及单位职责",
            date(2026, 1, 20),
            summary="1980年以来县级以上行政区划变更记录5276条",
            acquisition=Acquisition.PRODUCED,
            cost=Money.from_yuan(120_000),
            sharing=Sharing.UNCONDITIONAL,
            opening=Opening.UNCONDITIONAL,
            cycle=365,
        ),
        columns=("年份", "变更类型", "层级"),
    )
    villages = divisions(
        at=_moment(2, 11),
        source=("居村委代码库", _kind_of(sources["villages_server"]), sources["villages_server"]),
        table="jcw_dm",
        facts=_facts(
            "上海市居村委代码",
            Industry.PUBLIC,
            "各区上报并经核对的居村委名录",
            "《行政区划管理条例》及单位职责",
            date(2026, 1, 25),
            summary="全市居民委员会、村民委员会名称和代码6509条",
            sharing=Sharing.UNCONDITIONAL,
            opening=Opening.UNCONDITIONAL,
            cost=Money.from_yuan(60_000),
            cycle=365,
        ),
    )
    people = _life(
        "sqfw",
        "sjyy",
        before(now, 9),
        ("社区人口库", sqlite, sources["residents"]),
        "rk_jbxx",
        _facts(
            "社区服务对象基本信息",
            Industry.PUBLIC,
            "社区受理窗口办事采集",
            "《上海市社区公共服务条例》及单位职责",
            date(2026, 2, 28),
            summary="社区服务对象身份、联系方式等基本信息",
            cost=Money.from_yuan(300_000),
            personal=True,
            opening=Opening.NONE,
        ),
        Grade.L4,
    )
    airports = _life(
        "gjjt",
        "pjyy",
        before(now, 17),
        ("机场资料", folder, sources["airports"]),
        "airports",
        _facts(
            "全球机场基础资料",
            Industry.TRANSPORT,
            "购置的国际机场代码资料",
            "采购合同授权",
            date(2026, 2, 10),
            summary="全球机场代码、名称、位置等7884条",
            cost=Money.from_yuan(580_000),
            acquisition=Acquisition.PURCHASED,
            cycle=180,
        ),
        Grade.L1,
        ("iata", "country", "elevation"),
        "机场名称被误判为姓名，经人工逐项核对，不含个人信息",
    )
    hp_bus = _life(
        "hpsj",
        "pjyy",
        before(now, 5),
        ("黄浦公交客流", _kind_of(sources["rides_server"]), sources["rides_server"]),
        "bus_rides",
        _facts(
            "黄浦区公交客流专题库",
            Industry.TRANSPORT,
            "市级数据回流形成的区级专题库",
            "市、区数据共享协议",
            date(2026, 3, 1),
            cost=Money.from_yuan(90_000),
            acquisition=Acquisition.TRANSFERRED,
            region="310101",
        ),
        Grade.L2,
    )
    pd_health = _life(
        "pdsj",
        "sjyy",
        _moment(3, 20),
        ("浦东健康专题", sqlite, sources["health_pd"]),
        "mz_jzjl",
        _facts(
            "浦东新区门诊热力专题库",
            Industry.HEALTH,
            "市级数据回流，用于区级资源配置",
            "市、区数据共享协议",
            date(2026, 3, 10),
            cost=Money.from_yuan(150_000),
            personal=True,
            acquisition=Acquisition.TRANSFERRED,
            region="310115",
        ),
        Grade.L4,
        VISIT_COLUMNS,
    )
    monitor = _life(
        "jkzx",
        "sjyy",
        before(now, 12),
        ("监测备份库", sqlite, sources["health_monitor"]),
        "mz_jzjl",
        _facts(
            "传染病症候群监测数据集",
            Industry.HEALTH,
            "哨点医院报送",
            "《中华人民共和国传染病防治法》",
            date(2026, 3, 25),
            personal=True,
            cost=Money.from_yuan(420_000),
        ),
        Grade.L4,
        VISIT_COLUMNS,
    )
    codes = divisions(
        at=_moment(4, 8),
        source=("区划代码资料", folder, sources["divisions"]),
        table="xzqh_dm",
        facts=_facts(
            "全国县级以上行政区划代码",
            Industry.PUBLIC,
            "依据公开代码簿整理",
            "《行政区划管理条例》及单位职责",
            date(2026, 3, 30),
            sharing=Sharing.UNCONDITIONAL,
            opening=Opening.UNCONDITIONAL,
        ),
    )
    streets = divisions(
        at=before(now, 5),
        source=("街镇代码资料", folder, sources["divisions"]),
        table="jz_dm",
        facts=_facts(
            "上海市街道乡镇代码",
            Industry.PUBLIC,
            "依据公开代码簿整理",
            "《行政区划管理条例》及单位职责",
            before(now, 20).date(),
            summary="全市街道、镇、乡的名称和代码",
            acquisition=Acquisition.PRODUCED,
            sharing=Sharing.UNCONDITIONAL,
            opening=Opening.UNCONDITIONAL,
            cost=Money.from_yuan(18_000),
            cycle=365,
        ),
    )
    j = journey
    memo = partial(j.judge, measurable=False)
    card = j.UP_TO_CARD
    ready = (*card, j.grade, j.measure, j.assess)
    to_blend = partial(j.ask_for_right, blending=True)
    granted: tuple[Step, ...] = (*card, j.grade, j.assess, to_blend, j.approve_right)
    promoted = (j.connect, j.scan, memo, j.judge, j.register_card, j.grade, j.assess)
    began = (j.connect, j.scan, j.judge)
    to_hand_over = partial(waiting.disposal_waits, until="department")
    to_bureau = (j.ask_for_right, partial(waiting.right_waits, until="bureau"))
    at_head = partial(waiting.submit_card, until="head")
    city_report = partial(waiting.bureau_reports, at=before(now, 1))
    new_price = partial(
        waiting.price_waits, at=before(now, 6), name="公交走廊客流月报", until="department"
    )
    return [
        Story("bus", "公交分时客流：授权、产品、定价、合同", bus, (*_bus_steps(), new_price)),
        Story("changes", "区划变更沿革：登记、定级、安全评估", changes, ready),
        Story("villages", "居村委代码：登记在册", villages, (*card, j.grade)),
        Story("people", "社区服务对象：划转待审", people, (*card, j.grade, to_hand_over)),
        Story("airports", "机场资料：购置，已申请授权", airports, (*ready, j.ask_for_right)),
        Story("hp_bus", "黄浦客流专题库：卡片待审", hp_bus, (*began, waiting.submit_card)),
        Story("streets", "街镇代码：卡片待负责人审批", streets, (*began, at_head)),
        Story("pd_health", "浦东门诊热力：授权生效", pd_health, granted),
        Story(
            "doctors",
            "家庭医生签约：与浦东门诊融合",
            doctors.doctors(sources["doctors"]),
            (*granted, doctors.fuse),
        ),
        Story("monitor", "症候群监测：授权报财政部门", monitor, (*promoted, *to_bureau)),
        Story("codes", "区划代码：列入备查簿", codes, (j.connect, j.scan, memo)),
        Story("visits", "门诊就诊记录：完整的一生", visits, (*WHOLE_LIFE, city_report)),
    ]


COUNT = """\
SELECT disease, count(*) AS n, avg(fee) AS fee
FROM mz_jzjl GROUP BY disease ORDER BY n DESC"""

# The asset that a finance bureau is shown: from its source to its certificate of destruction.
WHOLE_LIFE: tuple[Step, ...] = (
    *journey.UP_TO_GRANT,
    partial(journey.ask, sql=COUNT),
    partial(journey.ask, sql=journey_end.ROWS),
    partial(journey.register_product, name="区域疾病负担指数"),
    partial(journey.price_by_guidance, unit_price=Money(100)),
    partial(journey.price_by_auction, bids={"knbx": Money(112), "cxwl": Money(95)}),
    partial(journey.contract, buyer="knbx", unit_price=Money(95)),
    partial(journey.use, quantity=120_001, serial="JK-2026-04"),
    journey.settle,
    journey.appraise,
    journey_end.pry,
    journey_end.warn,
    journey_end.contain_incident,
    journey_end.close_incident,
    journey_end.report,
    journey_end.dispose,
    journey_end.destroy,
)


def _bus_steps() -> tuple[Step, ...]:
    j = journey
    return (
        *j.UP_TO_GRANT,
        partial(
            j.ask,
            sql="SELECT line, sum(boardings) AS n FROM bus_rides GROUP BY line ORDER BY n DESC",
        ),
        partial(j.register_product, name="公交客流热度指数"),
        partial(j.price_by_guidance, unit_price=Money(100)),
        partial(j.contract, buyer="cxwl", unit_price=Money(100)),
        partial(j.use, quantity=52_000, serial="GJ-2026-06"),
        partial(j.bill_and_receive, serial="GSYH20260701001"),
    )


def live(story: Story, city: City, tell: Tell) -> Life:
    """Let one asset live its story, telling each step."""
    life = story.begin(city)
    for step in story.steps:
        step(life)
        tell(getattr(step, "__doc__", None) or story.title)
    return life
