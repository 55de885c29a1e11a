"""The names of what the detectors find: twelve breaches, three warnings, fourteen red lines."""

from shuce.kernel.choices import Choice


class Code(Choice):
    """V = one of the twelve verbs of N-7; W = a warning, never counted; R = a red line."""

    OVER_COLLECTED = "V01", "多收"
    UNDER_COLLECTED = "V02", "少收"
    NOT_COLLECTED = "V03", "不收"
    UNDER_REMITTED = "V04", "少缴"
    NOT_REMITTED = "V05", "不缴"
    EMBEZZLED = "V06", "侵占"
    DIVIDED = "V07", "私分"
    WITHHELD = "V08", "截留"
    OCCUPIED = "V09", "占用"
    MISUSED = "V10", "挪用"
    CONCEALED = "V11", "隐匿"
    SPENT = "V12", "坐支"

    REMITTED_LATE = "W01", "滞留（逾期但已足额缴库）"
    WRONG_SUBJECT = "W02", "科目错列但已缴"
    BEING_COLLECTED = "W03", "应收逾期但在催收"

    GUARANTEE = "R01", "以数据资产担保"
    HIDDEN_DEBT = "R02", "借数据资产形成隐性债务"
    ROUND_TRIP = "R03", "财政资金循环虚增收入"
    LUMP_SUM = "R04", "长期收入一次入账"
    NO_USAGE = "R05", "收费后无使用"
    ABOVE_APPRAISAL = "R06", "收费高于评估值"
    DECEMBER = "R07", "收入集中于十二月"
    LOAN_FUNDED = "R08", "融资平台以贷款付费"
    HIGH_PREMIUM = "R09", "评估值偏离账面过大"
    APPRAISALS_DIFFER = "R10", "一年内两次评估相差过大"
    SAME_APPRAISER = "R11", "连续由同一机构评估"
    HIGH_IMPAIRMENT = "R12", "减值过大"
    NO_OFFICIAL_REPLY = "R13", "无批复处置"
    PUBLIC_CHARGED = "R14", "公益产品向公众收费"

    @property
    def is_breach(self) -> bool:
        """Say whether this is one of the twelve verbs of N-7."""
        return self.value[0] == "V"

    @property
    def is_warning(self) -> bool:
        return self.value[0] == "W"
