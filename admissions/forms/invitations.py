"""Forms of acceptance (接受录取) and invitations (邀请)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from admissions.forms.applicant import CONSENTS
from admissions.services.acceptances import ACCEPT, DECLINE
from admissions.services.invitations import MAX_WORDS
from gme_portal.policy import Policy
from gme_portal.widgets import CheckTiles, RadioTiles
from quotas.models import Quota


class SaidForm(forms.Form):
    """What the person said to their place, recorded by the base on their word."""

    answer = forms.ChoiceField(
        choices=[(ACCEPT, "接受录取"), (DECLINE, "放弃录取")],
        error_messages={"required": "请选择本人的意思。", "invalid_choice": "请选择本人的意思。"},
    )


class InviteForm(forms.Form):
    """For which of the base's specialties, with words of its own. Whether the person may train there, the service judges."""

    quota = forms.ChoiceField(
        label="邀请专业",
        widget=RadioTiles,
        error_messages={"required": "请选择邀请专业。", "invalid_choice": "请选择本基地有剩余名额的专业。"},
    )
    words = forms.CharField(
        label="附言",
        required=False,
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MAX_WORDS}),
        help_text="复试的时间、地点和方式，随邀请发给本人。联系只能通过平台。",
    )

    def __init__(self, *args: Any, quotas: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["quota"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), f"{one.specialty.name}（余 {one.open_to_others}）") for one in quotas]


class InvitationAnswerForm(forms.Form):
    """Accept, with the consents that the notice offers, or decline."""

    answer = forms.ChoiceField(choices=[(ACCEPT, "接受邀请"), (DECLINE, "谢绝邀请")])

    def __init__(self, *args: Any, policy: Policy, person_type: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = policy.transfer
        if rule.kinds and rule.offered_to(person_type):
            must = person_type in rule.required_for
            self.fields["consents"] = forms.MultipleChoiceField(
                label="服从调剂（必须服从）" if must else "服从调剂（可不选）",
                help_text=f"{rule.wording}（{policy.cite(rule.clause)}）",
                choices=[(kind, CONSENTS[kind]) for kind in rule.kinds],
                required=False,
                widget=CheckTiles,
            )

    def agreed(self) -> list[str]:
        return list(self.cleaned_data.get("consents", []))
