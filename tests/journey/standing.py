"""Signing up at the base's counter (现场报名), where the notice has people come there: the account, the filing and the receipt are the staff's work."""

from __future__ import annotations

import re

from tests.factories import PASSWORD
from tests.journey.cast import Figure
from tests.journey.filing import HOME, newest_code, noted
from tests.journey.province import Province


def open_account(province: Province, figure: Figure) -> None:
    """The staff type in what stands on the document; the person gets a slip, signs in with it and sets a password of their own."""
    editor, answers = province.crew(figure.base)[0], figure.answers()
    editor.go("现场报名")
    editor.follow("现场开通账号")
    editor.press("获取短信验证码", known=answers)
    seen = next(label for label in editor.asks("开通账号") if label.startswith("本人在场"))
    editor.press("开通账号", {"短信验证码": newest_code(figure.phone), seen: True}, known=answers)
    found = re.search(r"初始密码\s*([a-z0-9-]+)", editor.text)
    assert found, editor.text
    reader = figure.reader
    reader.open("/account/login/")
    reader.press("登录", {"证件号码、手机号或登录名": figure.document_number, "密码": found[1]})
    reader.press("保存新密码", {"原密码": found[1], "新密码": PASSWORD, "再输一次新密码": PASSWORD})
    reader.go(HOME)


def record(province: Province, figure: Figure) -> None:
    """The person has prepared everything and cannot file it themselves; the staff find them by their number, look, and file."""
    reader, editor = figure.reader, province.crew(figure.base)[0]
    if reader.title != "核对并提交":
        reader.go(HOME)
        reader.follow("核对")
    assert not reader.offers("提交报名")
    reader.sees(figure.base.name, province.policy.cite(province.policy.registration.clause))
    editor.go("现场报名")
    editor.press("查找", {"证件号码或报名号": figure.document_number}, inside="查找报名人")
    (witnessed,) = editor.asks("受理并提交")
    editor.press("受理并提交", {witnessed: True})
    editor.sees("现场报名已受理")
    noted(figure, editor.text)
