"""Forms of the demo pages."""

from __future__ import annotations

from datetime import datetime

from django import forms

from gme_portal.clock.services import BEIJING


class MomentForm(forms.Form):
    """Any moment to put the rehearsal clock to, in Beijing time."""

    moment = forms.DateTimeField(
        label="把演练时钟拨到",
        help_text="北京时间。往后拨时，演练人员会把这段时间的事办完；往前拨不会撤销已经发生的事。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "wide"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "请填写日期和时间。", "invalid": "请按 2025-07-20 21:59 的样子填写。"},
    )

    def clean_moment(self) -> datetime:
        moment: datetime = self.cleaned_data["moment"]
        return moment.astimezone(BEIJING)
