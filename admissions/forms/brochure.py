"""The base's brochure (招生简章) as a form: only what the notice leaves to the base is asked. What becomes of the answers: `brochure_tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from admissions.forms.brochure_tables import split_fact, text_of
from bases.models import TrainingBase
from gme_portal.policy import Policy
from gme_portal.policy.schema import PAPER_KINDS
from gme_portal.widgets import DateInput

SLOT_ROWS = 7
SPARE_PAPERS = 1
MAX_BODY = 6000
NEEDS = {"": "不另作规定", "required": "体检合格方可录取", "on_demand": "按需体检"}


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LinesField(forms.CharField):
    """Text of several lines, whatever a browser ends them with."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n")))


class BrochureForm(forms.Form):
    """Fields by group: `weight-*`, `exam-*`, `slot-*`, `medical_*`, `contact_*`, `paper-*`, `facts`. Whether the whole is right is judged by the
    loader. `kept`: the tables of the brochure it starts from, of which everything stays that is not changed here."""

    title = forms.CharField(label="简章名称", max_length=60)

    def __init__(
        self, *args: Any, policy: Policy, base: TrainingBase, kept: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.policy, self.base, self.kept = policy, base, kept or {}
        self.slot_rows = max(SLOT_ROWS, len(self.kept.get("slots", ())))
        self.paper_rows = len(self.kept.get("papers", ())) + SPARE_PAPERS
        self.topics = policy.brochure.may_decide if policy.brochure else ()
        self.fields["title"].initial = f"{base.name}{policy.year}年招收简章"
        for add in (self._add_weights, self._add_exams, self._add_slots, self._add_medical_exam, self._add_contact):
            add()
        self._add_papers()
        self.fields["facts"] = LinesField(
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
                self.fields[f"exam-{part.key}-until"] = forms.DateField(
                    label="结束日期", required=False, widget=DateInput, help_text="当天结束的不填。"
                )
                self.fields[f"exam-{part.key}-place"] = forms.CharField(label="地点", required=False, max_length=60)

    def _add_slots(self) -> None:
        if "slots" in self.topics:
            self.fields["slot_place"] = forms.CharField(label="现场确认地点", required=False, max_length=100)
            for row in range(self.slot_rows):
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

    def _add_papers(self) -> None:
        kinds = [("", "请选择"), *PAPER_KINDS.items()]
        for row in range(self.paper_rows):
            self.fields[f"paper-{row}-title"] = forms.CharField(label="名称", required=False, max_length=60)
            self.fields[f"paper-{row}-kind"] = forms.ChoiceField(label="种类", required=False, choices=kinds)
            self.fields[f"paper-{row}-body"] = LinesField(
                label="正文",
                required=False,
                max_length=MAX_BODY,
                widget=forms.Textarea(attrs={"rows": 6, "class": "wide"}),
            )

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("weight-")]

    @property
    def exams(self) -> list[dict[str, Any]]:
        parts = self.policy.scoring.components if "exam_dates" in self.topics else ()
        edges = ("on", "from", "to", "until", "place")
        held = [row["component"] for row in self.kept.get("exams", ())]
        return [
            {
                "label": part.label,
                "fields": [self[f"exam-{part.key}-{edge}"] for edge in edges],
                "more": max(0, held.count(part.key) - 1),
            }
            for part in parts
        ]

    @property
    def slots(self) -> list[list[forms.BoundField]]:
        rows = range(self.slot_rows) if "slots" in self.topics else ()
        return [[self[name] for name in self.fields if name.startswith(f"slot-{row}-")] for row in rows]

    @property
    def papers(self) -> list[list[forms.BoundField]]:
        return [[self[f"paper-{row}-{part}"] for part in ("title", "kind", "body")] for row in range(self.paper_rows)]

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
        for row in range(self.slot_rows):
            names = [f"slot-{row}-{part}-{edge}" for part in ("morning", "afternoon") for edge in ("from", "to")]
            day = f"slot-{row}-on"
            if any(given.get(name) for name in names) and not given.get(day) and day in self.fields:
                self.add_error(day, "写了时段，请选择日期。")
            for half in ("morning", "afternoon"):
                self._whole(given, "时段", [f"slot-{row}-{half}-from", f"slot-{row}-{half}-to"])
            if given.get(day) and not any(given.get(name) for name in names):
                self.add_error(day, "请填写当天的时段。")
        for row in range(self.paper_rows):
            self._whole(given, "表样", [f"paper-{row}-{part}" for part in ("title", "kind", "body")])
        self._leads(given, "medical_need", ("medical_standard", "medical_until"), "请选择体检要求。")
        self._leads(given, "contact_phone", ("contact_email", "contact_address"), "请填写咨询电话。")
        for number, line in enumerate(filter(None, map(str.strip, given.get("facts", "").splitlines())), 1):
            if not all(split_fact(line)):
                self.add_error("facts", f"第 {number} 条“{line[:20]}”请写成“主题：说明”。")
        return given

    def _whole(self, given: Mapping[str, Any], label: str, names: list[str]) -> None:
        """All of a row or nothing of it."""
        filled = [name for name in names if given.get(name)]
        for name in names:
            if filled and name not in filled and name in self.fields and name not in self.errors:
                self.add_error(name, f"{label}没有填完整。")

    def _leads(self, given: Mapping[str, Any], first: str, others: tuple[str, ...], words: str) -> None:
        """What the others say belongs to the first; without it they would be lost."""
        if any(given.get(name) for name in others) and not given.get(first) and first not in self.errors:
            self.add_error(first, words)

    def source(self) -> str:
        """The brochure as TOML. Only after `is_valid`."""
        return text_of(self)


class BrochureAnswerForm(forms.Form):
    """What the province says when it returns a brochure."""

    reason = forms.CharField(
        label="退回原因", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )
