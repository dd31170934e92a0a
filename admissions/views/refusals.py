"""Refusals of a service beside the fields of a form, with the clause as readers know it."""

from __future__ import annotations

from django import forms

from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused


def add_refusals(form: forms.Form, refused: Refused, policy: Policy) -> None:
    """Each refusal at its field when the form has one, else above the form."""
    for refusal in refused.refusals:
        form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal, policy))


def in_words(refusal: Refusal, policy: Policy) -> str:
    """The sentence with the notice's name instead of its key."""
    return f"{refusal.sentence}（依据：{policy.cite(refusal.clause)}）" if refusal.clause else refusal.sentence
