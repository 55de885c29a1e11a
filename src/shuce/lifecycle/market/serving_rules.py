"""Who may call a product's data interface, and how often, decided from plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import is_region, is_within
from shuce.lifecycle.market.rules import ContractState, ProductKind, ProductState
from shuce.lifecycle.rights.rules import PurposeKind

LONGEST_KEY = timedelta(days=366)
MOST_PER_MINUTE, MOST_PER_DAY = 6_000, 1_000_000


class ServiceState(Choice):
    ACTIVE = "ACTIVE", "服务中"
    STOPPED = "STOPPED", "已停止"


class Platform(Choice):
    REGIONAL = "REGIONAL", "地方公共数据平台"
    NATIONAL = "NATIONAL", "国家公共数据平台"
    EXCHANGE = "EXCHANGE", "数据交易场所"


class CallState(Choice):
    ADMITTED = "ADMITTED", "处理中"
    RELEASED = "RELEASED", "已放行"
    REFUSED = "REFUSED", "已拒绝"


@dataclass(frozen=True)
class Limits:
    """How often one key may call."""

    per_minute: int = 60
    per_day: int = 1_000


@dataclass(frozen=True)
class KeyStanding:
    """A key and what it rests on, as they stand at the moment of a call."""

    revoked: bool
    expires_on: date
    holder_active: bool
    right_product: bool
    service_active: bool
    contract: ContractState
    term: Period
    product: ProductState = ProductState.LISTED


def obstacles_to_publish(
    kind: ProductKind, state: ProductState, query_fits: bool, limits: Limits
) -> Iterator[Obstacle]:
    """Yield every reason a product's data interface may not be published."""
    if kind is not ProductKind.API:
        yield Obstacle("只有“数据接口”形态的产品可以发布接口", Clause.G_8)
    if state is not ProductState.LISTED:
        yield Obstacle("产品没有登记或已下架", Clause.G_8)
    if not query_fits:
        yield Obstacle(
            "接口所用查询须是本单位共用的，且属于产品所列的授权", Clause.G_12, field="query"
        )
    if not 1 <= limits.per_minute <= MOST_PER_MINUTE:
        yield Obstacle("每分钟次数须在 1 到 {most} 之间", field="per_minute", most=MOST_PER_MINUTE)
    if not 1 <= limits.per_day <= MOST_PER_DAY:
        yield Obstacle("每天次数须在 1 到 {most} 之间", field="per_day", most=MOST_PER_DAY)


def obstacles_to_make_key(
    name: str, expires_on: date, today: date, contract: ContractState, term: Period, served: bool
) -> Iterator[Obstacle]:
    """Yield every reason a key may not be made under a contract."""
    if not name.strip():
        yield Obstacle("请填写密钥用途", field="name")
    if contract is not ContractState.IN_FORCE:
        yield Obstacle("合同已经终止", Clause.N_4)
    if not served:
        yield Obstacle("产品还没有发布接口", Clause.G_8)
    if expires_on <= today:
        yield Obstacle("到期日须在今天之后", field="expires_on")
    elif expires_on > min(term.ends_on or date.max, today + LONGEST_KEY):
        yield Obstacle("密钥最长一年，且不得超过合同终止日", Clause.N_4, field="expires_on")


def obstacles_to_call(key: KeyStanding, today: date) -> Iterator[Obstacle]:
    """Yield every reason a call is not answered; grants are judged beside it, by their own gate."""
    if key.revoked:
        yield Obstacle("密钥已吊销", Clause.G_8)
    elif today >= key.expires_on:
        yield Obstacle("密钥已到期", Clause.G_8)
    if not key.holder_active:
        yield Obstacle("密钥持有人的账号已停用", Clause.G_8)
    if not key.right_product:
        yield Obstacle("密钥不属于这个产品的合同", Clause.N_5)
    if key.product is ProductState.WITHDRAWN:
        yield Obstacle("产品已下架，停止提供", Clause.G_8)
    elif not key.service_active:
        yield Obstacle("产品的接口已停止服务", Clause.G_8)
    if key.contract is not ContractState.IN_FORCE:
        yield Obstacle("合同已经终止", Clause.N_4)
    elif today not in key.term:
        yield Obstacle("今天不在合同期限内", Clause.N_4)


def obstacles_in_rate(limits: Limits, last_minute: int, today: int) -> Iterator[Obstacle]:
    """Yield the limit that one more call would pass."""
    if last_minute >= limits.per_minute:
        yield Obstacle("调用过于频繁，每分钟最多{most}次", Clause.G_8, most=limits.per_minute)
    if today >= limits.per_day:
        yield Obstacle("今天的调用次数已用完，每天最多{most}次", Clause.G_8, most=limits.per_day)


def obstacles_to_issue(
    title: str, kind: ProductKind, state: ProductState, *, released: bool, of_product: bool
) -> Iterator[Obstacle]:
    """Yield every reason a result may not be issued as an edition of a report."""
    if not title.strip():
        yield Obstacle("请填写报告标题", field="title")
    if kind is not ProductKind.REPORT:
        yield Obstacle("只有“数据报告”形态的产品可以发布报告", Clause.G_8)
    if state is not ProductState.LISTED:
        yield Obstacle("产品没有登记或已下架", Clause.G_8)
    if not released:
        yield Obstacle("只有已放行的结果可以发布", Clause.G_8, field="question")
    if not of_product:
        yield Obstacle("结果不属于产品所列的授权", Clause.G_12, field="question")


def obstacles_to_take(
    *,
    withdrawn: bool,
    of_contract: bool,
    contract: ContractState,
    term: Period,
    product: ProductState,
    today: date,
) -> Iterator[Obstacle]:
    """Yield every reason an edition is not taken; grants are judged beside it."""
    if product is ProductState.WITHDRAWN:
        yield Obstacle("产品已下架，停止提供", Clause.G_8)
    if withdrawn:
        yield Obstacle("这份报告已经撤回", Clause.G_8)
    if not of_contract:
        yield Obstacle("本单位没有这个产品的合同", Clause.N_5)
    if contract is not ContractState.IN_FORCE:
        yield Obstacle("合同已经终止", Clause.N_4)
    elif today not in term:
        yield Obstacle("今天不在合同期限内", Clause.N_4)


def obstacles_to_publish_on(
    platform_name: str,
    region_code: str,
    purpose_kind: PurposeKind,
    *,
    listed: bool,
    already: bool,
    granted_regions: Sequence[str],
    public_only: bool,
) -> Iterator[Obstacle]:
    """Yield every way in which a publication would be wider than the grants of its product."""
    if not platform_name.strip():
        yield Obstacle("请填写平台名称", field="platform_name")
    if not listed:
        yield Obstacle("产品没有登记或已下架", Clause.G_8)
    if already:
        yield Obstacle("产品已在该平台发布", Clause.G_8, field="platform_name")
    if not is_region(region_code):
        yield Obstacle("行政区划代码不存在（GB/T 2260）", Clause.N_5, field="region_code")
    elif not all(is_within(region_code, granted) for granted in granted_regions):
        yield Obstacle("供应地域超出产品所用授权的适用地域", Clause.N_5, field="region_code")
    if public_only and purpose_kind is not PurposeKind.PUBLIC:
        yield Obstacle(
            "产品所用授权仅限公共治理、公益事业，不能用于其他用途", Clause.N_5, field="purpose_kind"
        )
