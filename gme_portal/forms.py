"""From refusals to form errors."""

from __future__ import annotations

from django.forms import BaseForm

from gme_portal.refusals import Refusal, Refused


def blame(form: BaseForm, refused: Refused | list[Refusal]) -> None:
    """Put each refusal beside its field; one without a field of this form goes to the top."""
    for refusal in refused.refusals if isinstance(refused, Refused) else refused:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
