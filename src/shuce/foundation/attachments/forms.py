from django import forms

from shuce.foundation.attachments.rules import KNOWN, MOST_MB
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import OfficeForm, TextField


class AttachForm(OfficeForm):
    file = forms.FileField(
        label="文件",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{one}" for one in KNOWN)}),
        help_text=say_later(
            "PDF、OFD、Word、Excel、WPS、图片、文本或 ZIP，最大 {most} MB", most=MOST_MB
        ),
    )
    note = forms.CharField(label="说明", max_length=200, required=False)


class RemoveForm(OfficeForm):
    reason = TextField(label="移除原因", rows=3, max_length=500)
