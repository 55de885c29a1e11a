"""The closed lists of a card, each with the standard it comes from."""

from shuce.kernel.choices import Choice


class Grade(Choice):
    """数据分级: GB/T 43697-2024, general levels 1–4, important, core; secrets stand apart."""

    L1 = "L1", "一般数据1级"
    L2 = "L2", "一般数据2级"
    L3 = "L3", "一般数据3级"
    L4 = "L4", "一般数据4级"
    IMPORTANT = "IMPORTANT", "重要数据"
    CORE = "CORE", "核心数据"
    SECRET = "SECRET", "依法保密"

    @property
    def strictness(self) -> int:
        return list(Grade).index(self) + 1


class CardState(Choice):
    DRAFT = "DRAFT", "草稿"
    IN_APPROVAL = "IN_APPROVAL", "审批中"
    IN_FORCE = "IN_FORCE", "在册"
    IN_DISPOSAL = "IN_DISPOSAL", "处置中"
    CLOSED = "CLOSED", "已注销"


class Acquisition(Choice):
    """配置方式 (N-3), and the ways that state-asset rules add."""

    COLLECTED = "COLLECTED", "自主采集"
    PRODUCED = "PRODUCED", "生产加工"
    PURCHASED = "PURCHASED", "购置"
    TRANSFERRED = "TRANSFERRED", "无偿划入"
    DONATED = "DONATED", "接受捐赠"
    EXCHANGED = "EXCHANGED", "置换"
    SURPLUS = "SURPLUS", "盘盈"


class Sharing(Choice):
    UNCONDITIONAL = "UNCONDITIONAL", "无条件共享"
    CONDITIONAL = "CONDITIONAL", "有条件共享"
    NONE = "NONE", "不予共享"


class Opening(Choice):
    UNCONDITIONAL = "UNCONDITIONAL", "无条件开放"
    CONDITIONAL = "CONDITIONAL", "有条件开放"
    NONE = "NONE", "不予开放"


class UseState(Choice):
    IN_USE = "IN_USE", "在用"
    SHARED = "SHARED", "共享"
    OPENED = "OPENED", "开放"
    OPERATED = "OPERATED", "授权运营"
    IDLE = "IDLE", "闲置"


class ValueBasis(Choice):
    """计价方式: how the card's book value was reached."""

    COST = "COST", "成本"
    APPRAISAL = "APPRAISAL", "评估"
    NOMINAL = "NOMINAL", "名义金额"
    UNPRICED = "UNPRICED", "未计价"


class ProposalState(Choice):
    WAITING = "WAITING", "审批中"
    ADOPTED = "ADOPTED", "已采用"
    DECLINED = "DECLINED", "未采用"


class Booking(Choice):
    """财务入账状态: whether the books carry the asset."""

    BOOKED = "BOOKED", "已入账"
    UNBOOKED = "UNBOOKED", "未入账"
    MEMO = "MEMO", "备查"


class Industry(Choice):
    """GB/T 4754-2017, the sections; `kernel/industries.csv` holds their divisions."""

    FARMING = "A", "农、林、牧、渔业"
    MINING = "B", "采矿业"
    MANUFACTURE = "C", "制造业"
    ENERGY = "D", "电力、热力、燃气及水生产和供应业"
    CONSTRUCTION = "E", "建筑业"
    TRADE = "F", "批发和零售业"
    TRANSPORT = "G", "交通运输、仓储和邮政业"
    LODGING = "H", "住宿和餐饮业"
    INFORMATION = "I", "信息传输、软件和信息技术服务业"
    FINANCE = "J", "金融业"
    REAL_ESTATE = "K", "房地产业"
    BUSINESS = "L", "租赁和商务服务业"
    SCIENCE = "M", "科学研究和技术服务业"
    WATER = "N", "水利、环境和公共设施管理业"
    HOUSEHOLD = "O", "居民服务、修理和其他服务业"
    EDUCATION = "P", "教育"
    HEALTH = "Q", "卫生和社会工作"
    CULTURE = "R", "文化、体育和娱乐业"
    PUBLIC = "S", "公共管理、社会保障和社会组织"
    INTERNATIONAL = "T", "国际组织"


class IntakeState(Choice):
    """Where a file of cards stands."""

    READING = "READING", "核对中"
    PREVIEWED = "PREVIEWED", "待导入"
    RUNNING = "RUNNING", "导入中"
    DONE = "DONE", "已导入"
    UNDONE = "UNDONE", "已撤销"
    DISCARDED = "DISCARDED", "已放弃"


class RowVerdict(Choice):
    """What a row of a file would do, or did."""

    NEW = "NEW", "新增"
    CHANGED = "CHANGED", "变更"
    UNCHANGED = "UNCHANGED", "无变化"
    BAD = "BAD", "有误"
