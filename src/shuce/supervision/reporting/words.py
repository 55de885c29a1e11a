"""The closed lists of reports."""

from shuce.kernel.choices import Choice


class ReportState(Choice):
    DRAFT = "DRAFT", "编制中"
    SUBMITTED = "SUBMITTED", "已报送"
    CONFIRMED = "CONFIRMED", "已审核"


class Unit(Choice):
    """What a figure counts. Money is kept in fen, like every amount."""

    ITEMS = "ITEMS", "项"
    ROWS = "ROWS", "条"
    MONEY = "MONEY", "元"
    CASES = "CASES", "件"
    PERSONS = "PERSONS", "人"
