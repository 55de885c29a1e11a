from shuce.foundation.office.exporting import Format
from shuce.foundation.office.forms import ChoiceField, OfficeForm


class AskForm(OfficeForm):
    format = ChoiceField(
        Format,
        label="格式",
        ask=False,
        help_text="Excel 一张工作表最多一百万行，超出的续写到下一张；CSV 为 UTF-8 编码",
    )
