from typing import Any

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import OfficeForm, TextField
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


class TraceForm(OfficeForm):
    """A file, or what was copied out of one."""

    file = forms.FileField(label="文件", required=False, help_text="Excel 或 CSV，最大 20 MB")
    text = TextField(
        label="或粘贴内容",
        required=False,
        rows=6,
        max_length=1_000_000,
        help_text="一部分也可以。CSV 请连同引号粘贴，暗记在其中。",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("text"):
            self.add_error("file", say_later("请上传文件，或粘贴其中的内容"))
        return given

    def content(self) -> bytes:
        """Return what is to be traced: the file if there is one, else the text."""
        file = self.cleaned_data["file"]
        held: bytes = file.read() if file else self.cleaned_data["text"].encode()
        return held
