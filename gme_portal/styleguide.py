"""The component page `/styleguide/`: every part of the face in every state, with invented data. Debug, demo and test mode only.

It also answers as the server does for autosave and type-ahead, so that the browser tests of the face need no other page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static

from gme_portal import widgets
from gme_portal.accounts.access import public

DAY = timedelta(days=1)
SCHOOLS = [
    {"value": "90001", "label": "示例医科大学", "hint": "曾用名：示例医学院"},
    {"value": "90002", "label": "示例中医药大学", "hint": "示例省"},
    {"value": "90003", "label": "示例民族大学医学院", "hint": "示例省"},
]
SPECIALTIES = [("", "请选择"), ("0100", "内科"), ("0200", "儿科"), ("0300", "急诊科"), ("0700", "全科")]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="姓名", max_length=50, help_text="与身份证一致，含“·”请照填")
    document = forms.ChoiceField(label="证件类型", choices=[("id", "居民身份证"), ("hk", "港澳居民居住证")])
    id_number = forms.CharField(label="证件号码", widget=widgets.IdNumberInput, help_text="18 位，末位可为 X")
    phone = forms.CharField(label="手机号码", widget=widgets.PhoneInput)
    born_on = forms.DateField(label="出生日期", widget=widgets.DateInput)
    graduates = forms.CharField(label="毕业年月", widget=widgets.MonthInput, required=False)
    school = forms.CharField(
        label="毕业院校",
        widget=widgets.Combobox("/styleguide/", code_field="school_code"),
        help_text="输入汉字或拼音首字母",
    )
    school_code = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="人员类型",
        widget=widgets.RadioTiles,
        choices=[
            ("social", widgets.Tile("社会人", hint="没有工作单位，或与单位无委培关系")),
            ("delegated", widgets.Tile("外单位委派人员", hint="由工作单位委派，须单位同意")),
            ("master", widgets.Tile("专业学位研究生", closed="由培养学校上报名单，不在本系统自行报名（示例通知 二）")),
        ],
    )
    adjust = forms.MultipleChoiceField(
        label="服从调剂",
        widget=widgets.CheckTiles,
        required=False,
        choices=[("specialty", "服从专业调剂"), ("base", "服从基地调剂")],
    )
    photo = forms.FileField(
        label="免冠照片",
        widget=widgets.FileDrop(rules="JPG，295×413 像素，20–200 KB", preview="photo", accept="image/jpeg"),
    )
    remark = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    promise = forms.BooleanField(label="本人承诺所填内容真实，与所交材料一致")

    def clean_id_number(self) -> str:
        raise forms.ValidationError("第 18 位应为 X，请核对")


class ChoicesForm(forms.Form):
    """Ordered choices (志愿)."""

    first = forms.ChoiceField(label="专业", choices=SPECIALTIES, initial="0100")
    second = forms.ChoiceField(label="专业", choices=SPECIALTIES, initial="0200", required=False)
    third = forms.ChoiceField(label="专业", choices=SPECIALTIES, required=False)


def _people() -> Paginator[dict[str, Any]]:
    states = [("待审核", "warn"), ("退回修改", "info"), ("审核通过", "ok"), ("审核不通过", "bad"), ("草稿", "neutral")]
    rows: list[dict[str, Any]] = []
    for number in range(1, 93):
        state, tone = states[number % 5]
        name = ("示例甲", "示例·买买提明", "欧阳示例", "示例𬭎", "示例戊")[number % 5]
        rows.append(
            {
                "number": f"SL{number:08d}",
                "name": name,
                "school": SCHOOLS[number % 3]["label"],
                "state": state,
                "tone": tone,
                "score": 6000 + number * 37,
            }
        )
    return Paginator(rows, 8)


def _heat() -> dict[str, Any]:
    columns = [{"label": name} for name in ("内科", "外科", "全科", "儿科", "急诊科", "妇产科", "麻醉科", "精神科")]
    rows: list[dict[str, Any]] = []
    for at, base in enumerate(
        ("示例省第一人民医院", "示例省第二人民医院", "示例市中医医院", "示例医科大学附属医院", "示例妇幼保健院")
    ):
        cells: list[dict[str, Any] | None] = []
        for column in range(8):
            seats = (at * 3 + column * 5) % 4 * 5
            taken = min(seats, (at * 7 + column * 4) % (seats + 2))
            cells.append({"taken": taken, "seats": seats, "url": "#heat"} if seats else None)
        rows.append({"label": base, "url": "#heat", "cells": cells})
    rows[0]["cells"][3] = {"taken": 11, "seats": 10, "url": "#heat"}
    return {"columns": columns, "rows": rows}


def _grid() -> dict[str, Any]:
    columns = [
        {"key": "paper", "label": "笔试", "max": 100},
        {"key": "skill", "label": "技能操作", "max": 100},
        {"key": "talk", "label": "面试", "max": 100},
    ]
    rows: list[dict[str, Any]] = []
    for number, name in enumerate(("示例甲", "示例乙", "示例·丙", "示例丁"), start=1):
        values = [("88.50", ""), ("100.5", "不能超过 100 分") if number == 2 else ("90", ""), ("", "")]
        cells = [
            {"name": f"{column['key']}-{number}", "value": value, "error": error, "locked": number == 4}
            for column, (value, error) in zip(columns, values, strict=True)
        ]
        rows.append({"label": name, "sub": f"SL{number:08d}", "cells": cells})
    return {"columns": columns, "rows": rows}


def _words(at: datetime) -> dict[str, Any]:
    return {
        "closes_at": at + 2 * DAY + timedelta(hours=3),
        "closes_soon": at + timedelta(minutes=12),
        "closed_at": at - DAY,
        "tones": ["neutral", "info", "ok", "warn", "bad"],
        "refusals": [{"text": "同一批次只能报考一个培训基地", "href": "#choices", "clause": "示例通知 三(二)"}],
        "steps": [
            {"label": "基本信息", "url": "#steps", "state": "done"},
            {"label": "教育经历", "state": "current"},
            {"label": "志愿填报", "url": "#steps", "state": "todo"},
            {"label": "确认提交", "state": "todo"},
        ],
    }


def _forms() -> dict[str, Any]:
    return {
        "bound": SampleForm(
            {"name": "示例甲", "id_number": "110101199003070012", "kind": "social", "phone": "13800000000"}
        ),
        "plain": SampleForm(auto_id="plain_%s", prefix="p", initial={"kind": "social", "name": "示例乙"}),
        "choices_fields": list(ChoicesForm(auto_id="choice_%s")),
    }


def _lists(at: datetime) -> dict[str, Any]:
    return {
        "sections": [
            {"title": "基本信息", "url": "#tasks", "state": "done"},
            {"title": "教育经历", "url": "#tasks", "state": "partial", "note": "还差毕业证书编号"},
            {"title": "照片", "url": "#tasks", "state": "fix", "note": "背景不是白色，请重新拍摄"},
            {"title": "志愿填报", "url": "#tasks", "state": "empty"},
            {"title": "核对并提交", "state": "locked", "note": "前面各项完成后可以提交"},
        ],
        "tabs": [
            {"label": "待审核", "url": "#tabs", "current": True, "count": 62},
            {"label": "已通过", "url": "#tabs", "count": 934},
            {"label": "全部", "url": "#tabs"},
        ],
        "chips": [
            {"label": "状态：待审核", "remove_url": "#filters"},
            {"label": "专业：儿科", "remove_url": "#filters"},
        ],
        "facts": [
            {"label": "姓名", "value": "示例·买买提明", "change_url": "#facts"},
            {"label": "毕业院校", "value": "示例医科大学", "old": "示例医学院", "change_url": "#facts"},
            {"label": "第一志愿", "value": "示例省第一人民医院 · 儿科", "note": "紧缺专业", "change_url": "#facts"},
            {"label": "学位证书编号", "value": ""},
        ],
        "events": [
            {"title": "网上报名", "at": at - 9 * DAY, "until": at - DAY, "state": "past"},
            {
                "title": "资格审核与现场确认",
                "at": at - DAY,
                "until": at + 2 * DAY,
                "state": "now",
                "url": "#timeline",
                "text": "携带身份证、毕业证书原件。",
            },
            {"title": "招收考核", "at": at + 6 * DAY, "state": "next"},
        ],
    }


def _pictures() -> dict[str, Any]:
    steps = {"注册": 1280, "提交报名": 1096, "资格审核通过": 934, "参加考核": 871, "录取": 728, "报到": 702}
    backlog = {"示例省第一人民医院": 38, "示例妇幼保健院": 12, "示例市中医医院": 0}
    return {
        "heat": _heat(),
        "funnel_rows": [{"label": label, "value": value, "url": "#charts"} for label, value in steps.items()],
        "bar_rows": [{"label": label, "value": value} for label, value in backlog.items()],
        "spark": [2, 5, 3, 8, 13, 9, 4, 6, 21, 34, 30, 42],
    }


def _work(at: datetime) -> dict[str, Any]:
    decision = {
        "title": "计划调整：非紧缺转紧缺",
        "maker": "示例经办",
        "made_at": at - DAY,
        "note": "依据本年度通知，只能向紧缺专业调整。",
        "changes": [
            {"label": "内科", "before": 30, "after": 26},
            {"label": "儿科（紧缺）", "before": 12, "after": 16},
            {"label": "外科", "before": 20, "after": 20},
        ],
        "totals": [{"label": "合计", "before": 120, "after": 120}],
    }
    return {
        "grid": _grid(),
        "decision": decision,
        "decided": {**decision, "checker": "示例复核", "checked_at": at, "state_label": "已批准", "tone": "ok"},
        "receipt_items": [
            {"label": "第一志愿", "value": "示例省第一人民医院 · 儿科"},
            {"label": "服从调剂", "value": "服从"},
        ],
        "documents": [
            {
                "label": "毕业证书",
                "url": static("icons/sample-document.svg"),
                "kind": "image",
                "state_label": "已核",
                "tone": "ok",
                "note": "7月3日（星期四）上传",
            },
            {"label": "身份证", "url": static("icons/mark.svg"), "kind": "image"},
            {"label": "同意报考证明", "url": "#documents", "kind": "pdf"},
        ],
    }


@public
def page(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Autosave"):
        return JsonResponse({"saved_at": request.at.isoformat()})  # type: ignore[attr-defined]
    if "q" in request.GET:
        asked = request.GET["q"]
        return JsonResponse(
            {"results": [school for school in SCHOOLS if asked in school["label"] or asked.lower() in "slykdx"]}
        )
    if request.method == "POST":
        messages.success(
            request,
            "已收到："
            + "，".join(f"{key}={value}" for key, value in request.POST.items() if key != "csrfmiddlewaretoken"),
        )
    at: datetime = request.at  # type: ignore[attr-defined]
    people = _people().get_page(request.GET.get("page"))
    context = {"page": people, **_words(at), **_forms(), **_lists(at), **_pictures(), **_work(at)}
    return render(request, "styleguide/page.html", context)
