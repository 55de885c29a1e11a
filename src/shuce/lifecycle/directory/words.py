"""The closed lists of asset schedules."""

from shuce.kernel.choices import Choice


class ScheduleState(Choice):
    COMPILED = "COMPILED", "已编制"
    SUBMITTED = "SUBMITTED", "已报送"
    ACCEPTED = "ACCEPTED", "已接收"
    RETURNED = "RETURNED", "已退回"


class Ruling(Choice):
    """What the body above answers to a schedule that was submitted to it."""

    ACCEPTED = "ACCEPTED", "接收"
    RETURNED = "RETURNED", "退回"


class ChangeKind(Choice):
    """How a line differs from the version before."""

    ADDED = "ADDED", "新增"
    REMOVED = "REMOVED", "减少"
    CHANGED = "CHANGED", "变化"
