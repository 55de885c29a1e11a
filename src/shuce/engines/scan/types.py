"""What a column can hold, in the words of the scan format."""

from shuce.kernel.choices import Choice


class SemanticType(Choice):
    """The kinds of content a scan tells apart; `NONE` for everything else."""

    ID_CARD = "id_card", "公民身份号码"
    BANK_CARD = "bank_card", "银行卡号"
    PASSPORT = "passport", "护照号"
    TRAVEL_PERMIT = "travel_permit", "港澳台通行证号"
    MILITARY_ID = "military_id", "军官证号"
    MEDICAL = "medical", "医疗健康信息"
    BIOMETRIC = "biometric", "生物识别信息"
    INSURANCE_NO = "insurance_no", "社保医保号"
    GPS = "gps", "经纬度"
    RELIGION = "religion", "宗教信仰"
    PASSWORD = "password", "口令"
    PERSON_NAME = "person_name", "姓名"
    MOBILE = "mobile", "手机号"
    LANDLINE = "landline", "固定电话"
    ADDRESS = "address", "地址"
    EMAIL = "email", "电子邮箱"
    PLATE = "plate", "车牌号"
    VIN = "vin", "车辆识别代号"
    INCOME = "income", "个人收入"
    FREE_TEXT_PII = "free_text_pii", "夹带个人信息的文本"
    BIRTH_DATE = "birth_date", "出生日期"
    GENDER = "gender", "性别"
    ETHNICITY = "ethnicity", "民族"
    IP = "ip", "IP地址"
    MAC = "mac", "MAC地址"
    ORG_NAME = "org_name", "单位名称"
    USCC = "uscc", "统一社会信用代码"
    ORG_CODE = "org_code", "组织机构代码"
    REGION_CODE = "region_code", "行政区划代码"
    NONE = "none", "未识别"


class Outcome(Choice):
    """How sure the scan is of a column's type."""

    DECIDED = "decided", "已判定"
    NAME_ONLY = "name_only", "仅凭列名，待人工复核"
    UNDECIDABLE = "undecidable", "无法判定，待人工复核"
