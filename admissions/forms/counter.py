"""Forms of the counter (现场报名)."""

from __future__ import annotations

import uuid

from django import forms

from gme_portal.accounts.forms import IdentityForm
from gme_portal.widgets import IdNumberInput

FOUND_BY = {"class": "mono", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
WITNESSED = "本人在场，证件原件已核对，纸质报名表由本人签名。"


class FindForm(forms.Form):
    """The exact number from the person's document or from their printed form."""

    number = forms.CharField(
        label="证件号码或报名号",
        max_length=120,
        help_text="须完整，或扫描报名表上的二维码。每次查找都有记录。",
        widget=IdNumberInput(attrs=FOUND_BY),
        error_messages={"required": "请填写完整的证件号码，或报名表上的报名号。"},
    )


class AccountForm(IdentityForm):
    """An account for somebody who stands at the counter; the password is made by the portal."""

    seen = forms.BooleanField(
        label="本人在场，以上信息已与证件原件核对。", error_messages={"required": "请与证件原件核对后勾选。"}
    )


class RecordForm(forms.Form):
    """What the staff have seen, and two hidden marks: the key that makes a double click one filing, and the digest of what was on the page."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    checked = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    witnessed = forms.BooleanField(label=WITNESSED, error_messages={"required": "请核对后勾选，再受理。"})

    @classmethod
    def fresh(cls, checked: str) -> RecordForm:
        return cls(initial={"key": uuid.uuid4(), "checked": checked})
