"""The closed lists of watching and of emergencies."""

from shuce.kernel.choices import Choice


class AlertGrade(Choice):
    """预警等级, by the colours of 中网办发文〔2017〕4号."""

    RED = "RED", "红色"
    ORANGE = "ORANGE", "橙色"
    YELLOW = "YELLOW", "黄色"
    BLUE = "BLUE", "蓝色"


class AlertState(Choice):
    OPEN = "OPEN", "待处理"
    HANDLED = "HANDLED", "已处理"


class Confidence(Choice):
    """How sure we are of a number that somebody else set."""

    VERIFIED = "VERIFIED", "已核对原文"
    FROM_MEMORY = "FROM_MEMORY", "凭记忆，未核对原文"
    PROPOSED = "PROPOSED", "本系统建议值"


class RuleCode(Choice):
    UNUSUAL_ACCESS = "UNUSUAL_ACCESS", "异常访问"
    BUDGET_LOW = "BUDGET_LOW", "隐私预算将尽"
    OVERDUE_UPDATE = "OVERDUE_UPDATE", "超期未更新"
    ASSESSMENT_EXPIRING = "ASSESSMENT_EXPIRING", "安全评估将到期"
    GRANT_EXPIRED_IN_USE = "GRANT_EXPIRED_IN_USE", "授权失效仍在使用"
    REMITTANCE_OVERDUE = "REMITTANCE_OVERDUE", "收入超期未上缴"
    INTEGRITY_FAILED = "INTEGRITY_FAILED", "存证完整性异常"
    DUTY_HOLE = "DUTY_HOLE", "责任清单缺项"
    RED_LINE = "RED_LINE", "触及红线"
    GRADE_REVIEW = "GRADE_REVIEW", "数据级别应复核"
    QUALITY_OVERDUE = "QUALITY_OVERDUE", "质量问题超期未整改"
    PROFILE_DRIFT = "PROFILE_DRIFT", "数据概况异常变化"
    DATA_STALE = "DATA_STALE", "数据内容陈旧"
    STOCKTAKE_DUE = "STOCKTAKE_DUE", "清查盘点将到期"


class Sentence(Choice):
    """What an alert of each rule says; its `{facts}` are kept with the alert."""

    UNUSUAL_ACCESS = "UNUSUAL_ACCESS", "授权{number}一天内有{refused}次查询被拒绝"
    BUDGET_LOW = "BUDGET_LOW", "授权{number}的隐私预算已用{percent}%"
    OVERDUE_UPDATE = "OVERDUE_UPDATE", "资产{number}应于{due}前更新"
    ASSESSMENT_EXPIRING = (
        "ASSESSMENT_EXPIRING",
        "资产{number}的安全评估有效期至{until}，仍有有效授权",
    )
    GRANT_EXPIRED_IN_USE = "GRANT_EXPIRED_IN_USE", "授权{number}已失效，产品{product}仍在使用"
    REMITTANCE_OVERDUE = "REMITTANCE_OVERDUE", "合同{number}的收入{amount}应于{due}前上缴"
    INTEGRITY_FAILED = "INTEGRITY_FAILED", "存证校验未通过：{reason}"
    DUTY_HOLE = "DUTY_HOLE", "责任清单缺少{count}个环节的责任人：{links}"
    RED_LINE = "RED_LINE", "触及红线{code}：{reason}"
    GRADE_REVIEW = "GRADE_REVIEW", "资产{number}的数据级别应重新确认：{reason}"
    QUALITY_OVERDUE = (
        "QUALITY_OVERDUE",
        "资产{number}的质量问题{issue}应于{due}前整改：{reason}",
    )
    PROFILE_DRIFT = "PROFILE_DRIFT", "数据资源{name}与上次扫描相比变化异常：{reason}"
    DATA_STALE = "DATA_STALE", "资产{number}的数据只到{newest}（{column}），已超过更新周期"
    STOCKTAKE_DUE = "STOCKTAKE_DUE", "清查盘点“{name}”应于{due}前办结，还有{waiting}项差异待处理"


class ThresholdName(Choice):
    """What the numbers of a rule mean."""

    REFUSED_IN_A_DAY = "refused_in_a_day", "一天内被拒绝的查询次数"
    USED_PERCENT = "used_percent", "已用预算（%）"
    DAYS_LATE = "days_late", "超期天数"
    DAYS_BEFORE = "days_before", "提前天数"
    ENTRIES_CHECKED = "entries_checked", "抽查凭证条数"
    GROWN_PERCENT = "grown_percent", "比登记规模增长（%）"
    ROWS_PERCENT = "rows_percent", "行数变化（%）"
    NULLS_POINTS = "nulls_points", "空值比例变化（百分点）"
    DISTINCT_PERCENT = "distinct_percent", "不同值个数变化（%）"
    PSI_HUNDREDTHS = "psi_hundredths", "分布变化（PSI×100）"
    QUIET_DAYS = "quiet_days", "处理后不再预警的天数"


class IncidentKind(Choice):
    """泄露、损毁、丢失、篡改 (G-13)."""

    LEAK = "LEAK", "泄露"
    DAMAGE = "DAMAGE", "损毁"
    LOSS = "LOSS", "丢失"
    TAMPERING = "TAMPERING", "篡改"


class Severity(Choice):
    """事件等级, mildest first."""

    GENERAL = "GENERAL", "一般"
    LARGER = "LARGER", "较大"
    MAJOR = "MAJOR", "重大"
    EXTREME = "EXTREME", "特别重大"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Indicator(Choice):
    """What the severity of an incident is measured by."""

    PERSONS_LEAKED = "PERSONS_LEAKED", "泄露个人信息人数"
    PERSONS_AFFECTED = "PERSONS_AFFECTED", "受影响人数"
    LOSS_FEN = "LOSS_FEN", "直接经济损失（分）"
    DATA_GRADE = "DATA_GRADE", "数据级别"


class UnitKind(Choice):
    """Who has to report, by how soon it must."""

    CRITICAL = "CRITICAL", "关键信息基础设施运营者"
    CENTRAL = "CENTRAL", "中央和国家机关各部门及直属单位"
    OTHER = "OTHER", "其他单位"


class IncidentState(Choice):
    OPEN = "OPEN", "处置中"
    CONTAINED = "CONTAINED", "已控制"
    CLOSING = "CLOSING", "结案审批中"
    CLOSED = "CLOSED", "已结案"


class NoteKind(Choice):
    OPENED = "OPENED", "发现事件"
    NOTE = "NOTE", "处置记录"
    REASSESSED = "REASSESSED", "重新定级"
    CONTAINED = "CONTAINED", "控制事态"
    REPORTED = "REPORTED", "上报"
    CLOSING = "CLOSING", "申请结案"
    RETURNED = "RETURNED", "结案未批准"
    CLOSED = "CLOSED", "结案"
    SETTLED = "SETTLED", "处理暂停的授权"


class Settlement(Choice):
    """What became of a grant that an incident suspended."""

    SUSPENDED = "SUSPENDED", "暂停中"
    RESUMED = "RESUMED", "已恢复"
    WITHDRAWN = "WITHDRAWN", "已收回"
    LAPSED = "LAPSED", "已自行终止"
