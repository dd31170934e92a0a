"""The applicant's forms: choices (志愿), the pledge (承诺) and the withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from admissions.queries.answers import place_words
from admissions.queries.choosing import Option
from gme_portal.policy import Policy
from gme_portal.widgets import CheckTiles, Tile

CONSENTS = {"base": "服从本基地其他专业调剂", "province": "服从省级统一调剂至其他基地或专业"}
PLEDGE = "本人承诺所填信息和上传材料真实、有效，所报志愿由本人确认；如有虚假，自愿承担取消报名、录取资格等后果。"


class ClosableSelect(forms.Select):
    """A select whose closed options (`Tile.closed`) stay visible and cannot be picked; one that is already chosen stays sendable."""

    def create_option(
        self,
        name: str,
        value: Any,
        label: int | str,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if isinstance(label, Tile) and label.closed and not selected:
            option["attrs"]["disabled"] = True
        return option


class ChoicesForm(forms.Form):
    """Ordered specialties of one base, and the consents the notice offers. Whether a choice is allowed is judged by the service."""

    def __init__(
        self,
        *args: Any,
        options: Sequence[Option],
        limit: int,
        policy: Policy,
        transfer: bool,
        must: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit = limit
        listed = [("", "不填")] + [(str(option.quota.pk), option.tile) for option in options]
        for place in range(1, limit + 1):
            self.fields[f"choice_{place}"] = forms.ChoiceField(
                label=f"{place_words(place)}专业",
                choices=[("", "请选择"), *listed[1:]] if place == 1 else listed,
                required=place == 1,
                widget=ClosableSelect,
                error_messages={
                    "required": "请选择第一志愿专业。",
                    "invalid_choice": "这个专业不在所选基地的招收计划内，请重新选择。",
                },
            )
        if transfer:
            self.fields["consents"] = forms.MultipleChoiceField(
                label="服从调剂（必须服从）" if must else "服从调剂（可不选）",
                help_text=f"{policy.transfer.wording}（{policy.cite(policy.transfer.clause)}）",
                choices=[(kind, CONSENTS[kind]) for kind in policy.transfer.kinds],
                required=False,
                widget=CheckTiles,
            )

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        return [self[f"choice_{place}"] for place in range(1, self.limit + 1)]

    def quota_ids(self) -> list[str]:
        """What was chosen, in order; empty places close up."""
        listed = (self.cleaned_data.get(f"choice_{place}") for place in range(1, self.limit + 1))
        return [value for value in listed if value]

    def agreed(self) -> list[str]:
        return list(self.cleaned_data.get("consents", []))


class SubmitForm(forms.Form):
    """The pledge, and two hidden marks: the key that makes a double click one submission, and the digest of what was looked at."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    checked = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    pledge = forms.BooleanField(label=PLEDGE, error_messages={"required": "请先阅读并勾选承诺，再提交报名。"})

    @classmethod
    def fresh(cls, checked: str) -> SubmitForm:
        return cls(initial={"key": uuid.uuid4(), "checked": checked})


class VerifyForm(forms.Form):
    """The receipt number and the short digest of a printed form, as the QR code carries them."""

    code = forms.CharField(
        label="核验码",
        max_length=60,
        help_text="报名表页脚的回执编号加校验码，中间用“-”连接，如 1234567890-01-3f9a1c2b77be。",
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )


def first_of(choices: Sequence[Any]) -> Mapping[str, Any]:
    """Initial values of `ChoicesForm` from saved choices."""
    return {f"choice_{choice.position}": str(choice.quota_id) for choice in choices}
