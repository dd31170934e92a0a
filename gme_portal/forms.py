"""From refusals to form errors."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm

from gme_portal.refusals import Refusal, Refused


def blame(form: BaseForm, refused: Refused | list[Refusal], *, cite: Callable[[str], str] | None = None) -> None:
    """Put each refusal beside its field; one without a field of this form goes to the top.

    `cite` (`request.policy.cite`) names the notice of a clause; without it the sentence stands alone: nobody outside knows our numbers."""
    for refusal in refused.refusals if isinstance(refused, Refused) else refused:
        text = f"{refusal.sentence}（依据：{cite(refusal.clause)}）" if cite and refusal.clause else refusal.sentence
        form.add_error(refusal.field if refusal.field in form.fields else None, text)
