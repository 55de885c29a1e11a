"""The closed lists of book-keeping, each with the rule it comes from."""

from shuce.kernel.choices import Choice


class Carrying(Choice):
    """Under which rule an asset is carried: by the kind of its holder."""

    GOVERNMENT = "GOVERNMENT", "无形资产（政府会计准则第4号）"
    INTANGIBLE = "INTANGIBLE", "无形资产（企业会计准则第6号）"
    INVENTORY = "INVENTORY", "存货（企业会计准则第1号）"


class CostBasis(Choice):
    """初始计量: what the original value rests on."""

    COST = "COST", "实际成本"
    CARRYING = "CARRYING", "调出方账面价值"
    APPRAISED = "APPRAISED", "评估价值"
    MARKET = "MARKET", "同类资产市价"
    NOMINAL = "NOMINAL", "名义金额"


class Spread(Choice):
    """摊销方法."""

    STRAIGHT_LINE = "STRAIGHT_LINE", "年限平均法"
    UNITS = "UNITS", "工作量法"
    NONE = "NONE", "不摊销"


class LifeGround(Choice):
    """What the useful life rests on, in the order in which the rule asks for it (第4号 art. 17)."""

    LEGAL = "LEGAL", "法律规定的有效年限"
    CONTRACT = "CONTRACT", "合同或申请书载明的年限"
    ESTIMATE = "ESTIMATE", "预计带来服务潜力或经济利益的年限"
    INDEFINITE = "INDEFINITE", "使用寿命不确定"


class ChargeKind(Choice):
    AMORTISATION = "AMORTISATION", "摊销"
    IMPAIRMENT = "IMPAIRMENT", "减值准备"


class DifferenceKind(Choice):
    """账卡核对: how the card and the ledger may differ."""

    ONLY_CARD = "ONLY_CARD", "有卡无账"
    ONLY_LEDGER = "ONLY_LEDGER", "有账无卡"
    COST = "COST", "原值不符"
    CHARGED = "CHARGED", "累计摊销不符"
