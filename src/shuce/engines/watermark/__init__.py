"""A hidden mark of each delivery in its file, that changes no value and can be found again.

Every cell carries one bit, drawn from the delivery's secret and the cell's own text: in CSV by
whether the field stands in quotes, in Excel by a shade of its font that nobody can see. So a part
of a file, its rows in any order, still tells whose it was.
"""

from shuce.engines.watermark.delimited import marked_csv, read_csv
from shuce.engines.watermark.excel import NotAWorkbook, marked_workbook, read_workbook
from shuce.engines.watermark.marks import Agreement, Cell, Sheet, agreement, fresh_mark, identity

__all__ = [
    "Agreement",
    "Cell",
    "NotAWorkbook",
    "Sheet",
    "agreement",
    "fresh_mark",
    "identity",
    "marked_csv",
    "marked_workbook",
    "read_csv",
    "read_workbook",
]
