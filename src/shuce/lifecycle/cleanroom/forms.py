from django import forms

from shuce.foundation.office.forms import OfficeForm
from shuce.lifecycle.cleanroom.rules import LONGEST_QUESTION


class AskForm(OfficeForm):
    """One question, in SQL."""

    sql = forms.CharField(
        label="查询语句（SQL）",
        max_length=LONGEST_QUESTION,
        required=False,  # the rules say it, with the node's other reasons
        strip=True,
        help_text="按 Ctrl+Enter 提交。只放行汇总结果，人数不足的组会隐去。",
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "class": "font-monospace",
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "data-ask": "",
            }
        ),
    )
