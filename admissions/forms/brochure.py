"""The base's brochure (招生简章) as a form: only what the notice leaves to the base is asked, and it leaves as the text the loader reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import tomli_w
from django import forms

from bases.models import TrainingBase
from gme_portal.policy import Policy, Supplement
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.supplement import SCHEMA
from gme_portal.widgets import DateInput

SOURCE = "简章"
SLOT_ROWS = 7
NEEDS = {"": "不另作规定", "required": "体检合格方可录取", "on_demand": "按需体检"}


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class BrochureForm(forms.Form):
    """Fields by group: `weight-*`, `exam-*`, `slot-*`, `medical_*`, `contact_*`, `facts`. Whether the whole is right is judged by the loader."""

    title = forms.CharField(label="简章名称", max_length=60)

    def __init__(self, *args: Any, policy: Policy, base: TrainingBase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy, self.base = policy, base
        self.topics = policy.brochure.may_decide if policy.brochure else ()
        self.fields["title"].initial = f"{base.name}{policy.year}年招收简章"
        for add in (self._add_weights, self._add_exams, self._add_slots, self._add_medical_exam, self._add_contact):
            add()
        self.fields["facts"] = forms.CharField(
            label="其他说明",
            required=False,
            max_length=3000,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text="待遇、食宿、交通等，每行一条，写成“住宿：免费提供”。",
        )

    def _add_weights(self) -> None:
        if "weights" in self.topics:
            for part in self.policy.scoring.components:
                self.fields[f"weight-{part.key}"] = forms.IntegerField(
                    label=f"{part.label}占比（%）",
                    min_value=0,
                    max_value=100,
                    required=False,
                    help_text=f"通知为 {part.weight}%",
                )

    def _add_exams(self) -> None:
        if "exam_dates" in self.topics:
            for part in self.policy.scoring.components:
                self.fields[f"exam-{part.key}-on"] = forms.DateField(label="日期", required=False, widget=DateInput)
                self.fields[f"exam-{part.key}-from"] = forms.TimeField(label="开始", required=False, widget=TimeInput)
                self.fields[f"exam-{part.key}-to"] = forms.TimeField(label="结束", required=False, widget=TimeInput)
                self.fields[f"exam-{part.key}-place"] = forms.CharField(label="地点", required=False, max_length=60)

    def _add_slots(self) -> None:
        if "slots" in self.topics:
            self.fields["slot_place"] = forms.CharField(label="现场确认地点", required=False, max_length=100)
            for row in range(SLOT_ROWS):
                self.fields[f"slot-{row}-on"] = forms.DateField(label="日期", required=False, widget=DateInput)
                for part, label in (("morning", "上午"), ("afternoon", "下午")):
                    for edge, word in (("from", "开始"), ("to", "结束")):
                        self.fields[f"slot-{row}-{part}-{edge}"] = forms.TimeField(
                            label=f"{label}{word}", required=False, widget=TimeInput
                        )
                self.fields[f"slot-{row}-capacity"] = forms.IntegerField(
                    label="人数上限", required=False, min_value=0, max_value=10000
                )

    def _add_medical_exam(self) -> None:
        if "medical_exam" in self.topics:
            self.fields["medical_need"] = forms.ChoiceField(label="体检", choices=list(NEEDS.items()), required=False)
            self.fields["medical_standard"] = forms.CharField(label="体检标准", required=False, max_length=100)
            self.fields["medical_until"] = forms.DateField(label="体检报告最迟交到", required=False, widget=DateInput)

    def _add_contact(self) -> None:
        if "contact" in self.topics:
            self.fields["contact_phone"] = forms.CharField(label="咨询电话", required=False, max_length=60)
            self.fields["contact_email"] = forms.EmailField(
                label="电子邮箱", required=False, error_messages={"invalid": "请填写完整的电子邮箱，@ 后面要有域名。"}
            )
            self.fields["contact_address"] = forms.CharField(label="地址", required=False, max_length=120)

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("weight-")]

    @property
    def exams(self) -> list[dict[str, Any]]:
        parts = self.policy.scoring.components if "exam_dates" in self.topics else ()
        edges = ("on", "from", "to", "place")
        return [{"label": part.label, "fields": [self[f"exam-{part.key}-{edge}"] for edge in edges]} for part in parts]

    @property
    def slots(self) -> list[list[forms.BoundField]]:
        rows = range(SLOT_ROWS) if "slots" in self.topics else ()
        return [[self[name] for name in self.fields if name.startswith(f"slot-{row}-")] for row in rows]

    @property
    def medical(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("medical_")]

    @property
    def contact(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("contact_")]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for part in self.policy.scoring.components:
            self._whole(given, f"{part.label}考核", [f"exam-{part.key}-{edge}" for edge in ("on", "from", "to")])
        for row in range(SLOT_ROWS):
            names = [f"slot-{row}-{part}-{edge}" for part in ("morning", "afternoon") for edge in ("from", "to")]
            day = f"slot-{row}-on"
            if any(given.get(name) for name in names) and not given.get(day) and day in self.fields:
                self.add_error(day, "写了时段，请选择日期。")
            for half in ("morning", "afternoon"):
                self._whole(given, "时段", [f"slot-{row}-{half}-from", f"slot-{row}-{half}-to"])
            if given.get(day) and not any(given.get(name) for name in names):
                self.add_error(day, "请填写当天的时段。")
        for number, line in enumerate(filter(None, map(str.strip, given.get("facts", "").splitlines())), 1):
            if not all(_split(line)):
                self.add_error("facts", f"第 {number} 条“{line[:20]}”请写成“主题：说明”。")
        return given

    def _whole(self, given: Mapping[str, Any], label: str, names: list[str]) -> None:
        """All of a row or nothing of it."""
        filled = [name for name in names if given.get(name)]
        for name in names:
            if filled and name not in filled and name in self.fields and name not in self.errors:
                self.add_error(name, f"{label}没有填完整。")

    def source(self) -> str:
        """The brochure as TOML. Only after `is_valid`."""
        given = self.cleaned_data
        tables: dict[str, Any] = {
            "schema": SCHEMA,
            "policy": self.policy.id,
            "base": self.base.code,
            "base_name": self.base.name,
            "title": given["title"],
            "sources": [{"key": SOURCE, "name": given["title"], "own": True}],
        }
        weights = {field.name.partition("-")[2]: given.get(field.name) for field in self.weights}
        if any(weights.values()):
            tables["weights"] = {key: value or 0 for key, value in weights.items()} | _cited("考核权重")
        tables |= {name: rows for name, rows in (("exams", self._exam_rows()), ("slots", self._slot_rows())) if rows}
        if given.get("medical_need"):
            until = given["medical_until"]
            tables["medical_exam"] = {
                "need": given["medical_need"],
                "standard": given["medical_standard"],
                **({"until": f"{until:%Y-%m-%d} 24:00"} if until else {}),
                **_cited("体检"),
            }
        if given.get("contact_phone"):
            names = ("phone", "email", "address")
            said = {name: given[f"contact_{name}"] for name in names if given[f"contact_{name}"]}
            tables["contact"] = said | _cited("咨询")
        facts = [_split(line) for line in given.get("facts", "").splitlines() if line.strip()]
        if facts:
            tables["facts"] = [{"topic": topic, "note": note} for topic, note in facts]
        return tomli_w.dumps(tables)

    def _exam_rows(self) -> list[dict[str, Any]]:
        rows = []
        for part in self.policy.scoring.components if "exam_dates" in self.topics else ():
            on, begins, ends, place = (
                self.cleaned_data[f"exam-{part.key}-{edge}"] for edge in ("on", "from", "to", "place")
            )
            if on:
                span = {"opens": f"{on:%Y-%m-%d} {begins:%H:%M}", "closes": f"{on:%Y-%m-%d} {ends:%H:%M}"}
                rows.append({"component": part.key, **span, "place": place, **_cited("考核时间")})
        return rows

    def _slot_rows(self) -> list[dict[str, Any]]:
        rows = []
        for row in range(SLOT_ROWS) if "slots" in self.topics else ():
            on = self.cleaned_data[f"slot-{row}-on"]
            if not on:
                continue
            spans = [
                tuple(self.cleaned_data[f"slot-{row}-{half}-{edge}"] for edge in ("from", "to"))
                for half in ("morning", "afternoon")
            ]
            hours = [f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in spans if begins and ends]
            capacity = self.cleaned_data[f"slot-{row}-capacity"] or 0
            rows.append({"on": f"{on:%Y-%m-%d}", "hours": hours, "capacity": capacity, **_cited("现场确认")})
            if self.cleaned_data["slot_place"]:
                rows[-1]["place"] = self.cleaned_data["slot_place"]
        return rows


def initial_of(supplement: Supplement) -> dict[str, Any]:
    """A brochure as initial values of the form."""
    said: dict[str, Any] = {"title": supplement.title}
    if supplement.weights is not None:
        said |= {f"weight-{key}": weight for key, weight in supplement.weights.by_component.items()}
    for exam in supplement.exams:
        opens, closes = _local(exam.opens), _local(exam.closes)
        said |= {
            f"exam-{exam.component}-on": opens.date(),
            f"exam-{exam.component}-from": opens.time(),
            f"exam-{exam.component}-to": closes.time(),
            f"exam-{exam.component}-place": exam.place,
        }
    for row, slot in enumerate(supplement.slots[:SLOT_ROWS]):
        said |= {f"slot-{row}-on": slot.on, f"slot-{row}-capacity": slot.capacity or None, "slot_place": slot.place}
        for begins, ends in slot.hours:
            part = "morning" if begins < time(12) else "afternoon"
            said |= {f"slot-{row}-{part}-from": begins, f"slot-{row}-{part}-to": ends}
    if supplement.medical_exam is not None:
        until = supplement.medical_exam.until
        said |= {
            "medical_need": supplement.medical_exam.need,
            "medical_standard": supplement.medical_exam.standard,
            # "24:00" of a day is the first instant of the next.
            "medical_until": _local(until - datetime.resolution).date() if until else None,
        }
    if supplement.contact is not None:
        contact = supplement.contact
        said |= {"contact_phone": contact.phone, "contact_email": contact.email, "contact_address": contact.address}
    said["facts"] = "\n".join(f"{fact.topic}：{fact.note}" for fact in supplement.facts)
    return said


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


def _cited(section: str) -> dict[str, str]:
    return {"clause": f"{SOURCE} {section}"}


def _split(line: str) -> tuple[str, str]:
    topic, _, note = line.replace(":", "：", 1).partition("：")
    return topic.strip(), note.strip()


class BrochureAnswerForm(forms.Form):
    """What the province says when it returns a brochure."""

    reason = forms.CharField(
        label="退回原因", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )
