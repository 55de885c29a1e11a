"""The closed lists of quality management."""

from shuce.kernel.choices import Choice


class RuleOrigin(Choice):
    """Where a rule of an asset came from."""

    SUGGESTED = "SUGGESTED", "按扫描结果建议"
    LIBRARY = "LIBRARY", "选自规则库"


class Gravity(Choice):
    """问题严重程度, mildest first."""

    MINOR = "LOW", "轻微"
    GENERAL = "MEDIUM", "一般"
    SERIOUS = "HIGH", "严重"
    GRAVE = "CRITICAL", "重大"

    @property
    def rank(self) -> int:
        return list(Gravity).index(self)


class IssueKind(Choice):
    """What is wrong: the kind of rule that was not passed, or something a person saw."""

    NOT_NULL = "not_null", "必填"
    UNIQUE = "unique", "唯一"
    PATTERN = "pattern", "格式"
    RANGE = "range", "取值范围"
    IN_LIST = "in_list", "值在代码表内"
    REFERENTIAL = "referential", "引用存在"
    FRESHNESS = "freshness", "时效"
    CHECK_DIGIT = "check_digit", "校验码"
    NO_DUPLICATES = "no_duplicates", "无重复记录"
    NO_GARBAGE = "no_garbage", "无乱码"
    TYPE = "type", "数据类型"
    LENGTH = "length", "长度"
    EQUAL = "equal", "两字段一致"
    ORDER = "order", "先后次序"
    OTHER = "other", "其他"


class IssueOrigin(Choice):
    ASSESSMENT = "ASSESSMENT", "质量评价发现"
    HAND = "HAND", "人工登记"


class IssueState(Choice):
    OPEN = "WAITING", "待整改"
    CLOSED = "CLOSED", "已销号"


class StepKind(Choice):
    """What happened to an issue."""

    OPENED = "OPENED", "登记问题"
    SEEN = "SEEN", "再次评价仍未达标"
    PASSED = "PASSED", "再次评价已达标"
    ASSIGNED = "ASSIGNED", "指定责任人"
    NOTED = "NOTED", "整改进展"
    CLOSED = "CLOSED", "整改销号"
    REOPENED = "REOPENED", "问题重新打开"
