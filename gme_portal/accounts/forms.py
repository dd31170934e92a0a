"""Forms of login, registration, passwords and the second factor. They ask; identity and services judge."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms

from gme_portal.accounts.models import DocumentKind, User
from gme_portal.accounts.services.registration import identity_faults, new_applicant, password_faults
from gme_portal.forms import blame
from gme_portal.policy.passwords import Demands
from gme_portal.widgets import CodeInput, IdNumberInput, PhoneInput, RadioTiles

LOGIN_REFUSED = "账号或密码不正确，请核对后重试。连续输错 6 次将锁定 30 分钟；忘记密码可用手机号重置。"


def password_field(label: str, *, help_text: str = "", autocomplete: str = "new-password") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=200, strip=False, help_text=help_text, widget=widget)


class LoginForm(forms.Form):
    username = forms.CharField(
        label="证件号码、手机号或登录名",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = password_field("密码", autocomplete="current-password")


class TwiceForm(forms.Form):
    """A form that asks for a new password twice, and says before and while it is typed what it must be like."""

    def __init__(self, *args: Any, demands: Demands, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demands = demands
        self.fields["password"].help_text = demands.sentence
        self.fields["password"].widget.attrs["data-demands"] = json.dumps(demands.parts, ensure_ascii=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        first, again = self.cleaned_data.get("password"), self.cleaned_data.get("password_again")
        if first and again and first != again:
            self.add_error("password_again", "两次输入的密码不一致，请重新输入。")
        return self.cleaned_data


class IdentityForm(forms.Form):
    """Who somebody is and which phone they hold: what every applicant's account is made of."""

    name = forms.CharField(
        label="姓名",
        max_length=100,
        help_text="与证件一致。少数民族姓名的间隔号用“·”。",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    document_kind = forms.ChoiceField(
        label="证件类型",
        choices=DocumentKind.choices,
        initial=DocumentKind.RESIDENT_ID,
        widget=RadioTiles(attrs={"class": "column"}),
    )
    document_number = forms.CharField(
        label="证件号码", max_length=32, help_text="用作登录账号，一人只有一个账号。", widget=IdNumberInput()
    )
    phone = forms.CharField(
        label="手机号码", max_length=20, help_text="您正在使用的手机号，用来接收验证码和录取通知。", widget=PhoneInput()
    )
    code = forms.CharField(label="短信验证码", max_length=8, widget=CodeInput())

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = identity_faults(self.user, at=self.at)
        blame(self, [refusal for refusal in found if refusal.field not in self.errors])
        return self.cleaned_data

    @property
    def user(self) -> User:
        """The account in memory, as far as it was typed."""
        names = ("name", "document_kind", "document_number", "phone")
        return new_applicant(**{name: self.cleaned_data.get(name, "") for name in names})


class RegisterForm(IdentityForm, TwiceForm):
    password = password_field("密码")
    password_again = password_field("再输一次密码")
    pledge = forms.BooleanField(
        label="我承诺所填信息真实、证件为本人所有，并已阅读个人信息处理说明。",
        error_messages={"required": "请阅读并勾选承诺后再注册。"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "password" not in self.errors:
            blame(self, password_faults(self.user, data.get("password", ""), self.demands), cite=str)
        return data


class ResetForm(TwiceForm):
    phone = forms.CharField(label="手机号码", max_length=20, help_text="注册时使用的手机号。", widget=PhoneInput())
    code = forms.CharField(label="短信验证码", max_length=8, widget=CodeInput())
    password = password_field("新密码")
    password_again = password_field("再输一次新密码")


class PasswordForm(TwiceForm):
    old = password_field("原密码", autocomplete="current-password")
    password = password_field("新密码")
    password_again = password_field("再输一次新密码")


class TotpForm(forms.Form):
    code = forms.CharField(
        label="动态口令", max_length=8, help_text="验证器里当前显示的 6 位数字，每 30 秒更换。", widget=CodeInput()
    )
