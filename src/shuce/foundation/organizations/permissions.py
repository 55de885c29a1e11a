"""Who may do what: permissions are words of the office, roles are bundles of them."""

from shuce.kernel.choices import Choice


class Permission(Choice):
    ORGANIZATION_MANAGE = "ORGANIZATION_MANAGE", "维护组织机构"
    POST_MANAGE = "POST_MANAGE", "任免岗位"
    DUTY_MANAGE = "DUTY_MANAGE", "维护责任清单"
    PROCEDURE_MANAGE = "PROCEDURE_MANAGE", "维护审批流程"
    SETTING_MANAGE = "SETTING_MANAGE", "维护参数配置"
    SUCCESSION_PROPOSE = "SUCCESSION_PROPOSE", "拟订主体承继方案"
    SOURCE_MANAGE = "SOURCE_MANAGE", "接入数据源"
    NODE_MANAGE = "NODE_MANAGE", "管理数据节点"
    SCAN_RUN = "SCAN_RUN", "运行扫描"
    STOCKTAKE_RUN = "STOCKTAKE_RUN", "组织清查盘点"
    ASSET_RECOGNIZE = "ASSET_RECOGNIZE", "确认数据资产"
    CARD_VIEW = "CARD_VIEW", "查阅资产卡片"
    CARD_ENTER = "CARD_ENTER", "登记资产卡片"
    CARD_APPROVE = "CARD_APPROVE", "审批资产卡片"
    CARD_DESIGN = "CARD_DESIGN", "设定卡片字段和编号"
    GRADE_CONFIRM = "GRADE_CONFIRM", "确认数据分级"
    QUALITY_MEASURE = "QUALITY_MEASURE", "测量数据质量"
    BOOKS_KEEP = "BOOKS_KEEP", "资产入账和摊销"
    LINEAGE_ENTER = "LINEAGE_ENTER", "登记数据血缘"
    ASSESSMENT_MAKE = "ASSESSMENT_MAKE", "开展安全评估"
    GRANT_APPLY = "GRANT_APPLY", "申请授权"
    GRANT_MANAGE = "GRANT_MANAGE", "管理授权"
    GRANT_REVIEW = "GRANT_REVIEW", "审批授权"
    GRANT_SUSPEND = "GRANT_SUSPEND", "暂停授权"
    OPENING_MANAGE = "OPENING_MANAGE", "管理开放共享"
    CLEANROOM_ASK = "CLEANROOM_ASK", "在数据净室查询"
    CLEANROOM_OVERSEE = "CLEANROOM_OVERSEE", "查阅净室使用情况"
    APPRAISAL_ORDER = "APPRAISAL_ORDER", "委托价值评估"
    APPRAISAL_MAKE = "APPRAISAL_MAKE", "出具评估结果"
    LIBRARY_MANAGE = "LIBRARY_MANAGE", "维护评估五库"
    PRODUCT_REGISTER = "PRODUCT_REGISTER", "登记数据产品"
    PRICE_SET = "PRICE_SET", "制定价格"
    AUCTION_RUN = "AUCTION_RUN", "组织竞价"
    BID_PLACE = "BID_PLACE", "参与竞价"
    CONTRACT_SIGN = "CONTRACT_SIGN", "签订合同"
    MARKET_VIEW = "MARKET_VIEW", "查阅交易信息"
    USAGE_METER = "USAGE_METER", "计量使用"
    BILL_ISSUE = "BILL_ISSUE", "开具账单"
    RECEIPT_BOOK = "RECEIPT_BOOK", "登记收款"
    REVENUE_SPLIT = "REVENUE_SPLIT", "分配收益"
    REMITTANCE_MAKE = "REMITTANCE_MAKE", "上缴收入"
    REVENUE_VIEW = "REVENUE_VIEW", "查阅收益"
    DISPOSAL_APPLY = "DISPOSAL_APPLY", "申请处置"
    DISPOSAL_REVIEW = "DISPOSAL_REVIEW", "审批处置"
    DESTRUCTION_RUN = "DESTRUCTION_RUN", "执行销毁"
    ALERT_HANDLE = "ALERT_HANDLE", "处理预警"
    INCIDENT_HANDLE = "INCIDENT_HANDLE", "处置安全事件"
    PLAN_MANAGE = "PLAN_MANAGE", "维护应急预案"
    INSPECTION_RUN = "INSPECTION_RUN", "开展监督检查"
    FINDING_RECTIFY = "FINDING_RECTIFY", "整改检查问题"
    EVIDENCE_READ = "EVIDENCE_READ", "查阅存证"
    REPORT_PREPARE = "REPORT_PREPARE", "编制报告"
    REPORT_READ = "REPORT_READ", "查阅报告"
    DISCLOSURE_PUBLISH = "DISCLOSURE_PUBLISH", "发布信息披露"
    DECISION_JOIN = "DECISION_JOIN", "参加集体决策"
    CASE_DECIDE = "CASE_DECIDE", "办理审批"


class Role(Choice):
    """岗位. Roles are code, stored by code: renaming a label never touches the database."""

    ASSET_KEEPER = "ASSET_KEEPER", "资产管理员"
    DATA_STEWARD = "DATA_STEWARD", "数据管理员"
    FINANCE_OFFICER = "FINANCE_OFFICER", "财务人员"
    SECURITY_OFFICER = "SECURITY_OFFICER", "安全保密员"
    UNIT_HEAD = "UNIT_HEAD", "单位负责人"
    DECISION_MEMBER = "DECISION_MEMBER", "集体决策成员"
    DEPARTMENT_REVIEWER = "DEPARTMENT_REVIEWER", "主管部门审核人"
    BUREAU_REVIEWER = "BUREAU_REVIEWER", "财政部门审批人"
    AUDITOR = "AUDITOR", "审计人员"
    CONGRESS_READER = "CONGRESS_READER", "人大监督人员"
    OPERATOR_AGENT = "OPERATOR_AGENT", "运营经办人"
    OPERATOR_ANALYST = "OPERATOR_ANALYST", "运营分析师"
    APPRAISER = "APPRAISER", "评估师"
    EXCHANGE_OFFICER = "EXCHANGE_OFFICER", "交易平台经办人"
    CLIENT_AGENT = "CLIENT_AGENT", "使用方经办人"
    SYSTEM_ADMIN = "SYSTEM_ADMIN", "系统管理员"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员"
    AUDIT_ADMIN = "AUDIT_ADMIN", "审计管理员"

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS_OF[self]


# 三员分立: no one person holds two of these.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

_P = Permission
_READ = frozenset({_P.CARD_VIEW, _P.MARKET_VIEW, _P.REVENUE_VIEW, _P.REPORT_READ})
_SUPERVISE = _READ | {_P.EVIDENCE_READ, _P.CLEANROOM_OVERSEE}
_REVIEW = _SUPERVISE | {
    _P.CASE_DECIDE,
    _P.GRANT_REVIEW,
    _P.DISPOSAL_REVIEW,
    _P.GRANT_SUSPEND,
    _P.ALERT_HANDLE,
    _P.INCIDENT_HANDLE,
    _P.INSPECTION_RUN,
    _P.REPORT_PREPARE,
    _P.STOCKTAKE_RUN,
    _P.DISCLOSURE_PUBLISH,
}
PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.ASSET_KEEPER: _READ
    | {
        _P.SUCCESSION_PROPOSE,
        _P.STOCKTAKE_RUN,
        _P.ASSET_RECOGNIZE,
        _P.CARD_ENTER,
        _P.LINEAGE_ENTER,
        _P.GRANT_MANAGE,
        _P.OPENING_MANAGE,
        _P.APPRAISAL_ORDER,
        _P.CONTRACT_SIGN,
        _P.PRICE_SET,
        _P.AUCTION_RUN,
        _P.DISPOSAL_APPLY,
        _P.REPORT_PREPARE,
        _P.FINDING_RECTIFY,
        _P.CASE_DECIDE,
        _P.CLEANROOM_OVERSEE,
    },
    Role.DATA_STEWARD: _READ
    | {
        _P.SOURCE_MANAGE,
        _P.NODE_MANAGE,
        _P.SCAN_RUN,
        _P.QUALITY_MEASURE,
        _P.LINEAGE_ENTER,
        _P.CLEANROOM_OVERSEE,
        _P.DESTRUCTION_RUN,
        _P.CASE_DECIDE,
    },
    Role.FINANCE_OFFICER: _READ
    | {
        _P.BOOKS_KEEP,
        _P.BILL_ISSUE,
        _P.RECEIPT_BOOK,
        _P.REVENUE_SPLIT,
        _P.REMITTANCE_MAKE,
        _P.USAGE_METER,
        _P.CASE_DECIDE,
    },
    Role.SECURITY_OFFICER: _READ
    | {
        _P.GRADE_CONFIRM,
        _P.ASSESSMENT_MAKE,
        _P.GRANT_SUSPEND,
        _P.ALERT_HANDLE,
        _P.INCIDENT_HANDLE,
        _P.PLAN_MANAGE,
        _P.CLEANROOM_OVERSEE,
        _P.EVIDENCE_READ,
        _P.CASE_DECIDE,
    },
    Role.UNIT_HEAD: _SUPERVISE
    | {_P.CARD_APPROVE, _P.DUTY_MANAGE, _P.CASE_DECIDE, _P.DECISION_JOIN, _P.INCIDENT_HANDLE},
    Role.DECISION_MEMBER: _READ | {_P.DECISION_JOIN, _P.CASE_DECIDE},
    Role.DEPARTMENT_REVIEWER: _REVIEW | {_P.CARD_DESIGN},
    Role.BUREAU_REVIEWER: _REVIEW
    | {_P.PROCEDURE_MANAGE, _P.SETTING_MANAGE, _P.LIBRARY_MANAGE, _P.CARD_DESIGN},
    Role.AUDITOR: _SUPERVISE | {_P.INSPECTION_RUN},
    Role.CONGRESS_READER: frozenset({_P.REPORT_READ}),
    Role.OPERATOR_AGENT: frozenset(
        {
            _P.GRANT_APPLY,
            _P.PRODUCT_REGISTER,
            _P.CONTRACT_SIGN,
            _P.BID_PLACE,
            _P.MARKET_VIEW,
            _P.USAGE_METER,
        }
    ),
    Role.OPERATOR_ANALYST: frozenset({_P.CLEANROOM_ASK, _P.MARKET_VIEW}),
    Role.APPRAISER: frozenset({_P.APPRAISAL_MAKE, _P.MARKET_VIEW}),
    Role.EXCHANGE_OFFICER: frozenset({_P.MARKET_VIEW, _P.AUCTION_RUN, _P.DISCLOSURE_PUBLISH}),
    Role.CLIENT_AGENT: frozenset({_P.BID_PLACE, _P.CONTRACT_SIGN, _P.MARKET_VIEW}),
    Role.SYSTEM_ADMIN: frozenset(
        {_P.ORGANIZATION_MANAGE, _P.SETTING_MANAGE, _P.PROCEDURE_MANAGE, _P.CARD_DESIGN}
    ),
    Role.SECURITY_ADMIN: frozenset({_P.POST_MANAGE}),
    Role.AUDIT_ADMIN: frozenset({_P.EVIDENCE_READ}),
}
