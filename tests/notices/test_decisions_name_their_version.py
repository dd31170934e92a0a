"""Every row by which somebody decides something names the version of the notice it was made under: a new one cannot forget it.

Read off the models themselves: each reference to a person is either paired with the version it was done under, or exempt with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from gme_portal.notices.models import NoticeVersion

APPS = ("admissions", "applicants", "bases", "quotas")
ASKED = "asks for something; whoever decides it names the version"
ABOUT = "says whose row it is, not who decided"

UNDER = {
    "admissions.AllocationRun.made_by": "notice_version",
    "admissions.AllocationRun.approved_by": "approved_under",
    "admissions.AllocationRun.closed_by": "closed_under",
    "admissions.Application.confirmed_by": "confirmed_under",
    "admissions.Disqualification.asked_by": "asked_under",
    "admissions.Disqualification.settled_by": "settled_under",
    "admissions.Invitation.invited_by": "invited_under",
    "admissions.LaterDocument.decided_by": "decided_under",
    "admissions.LotteryDraw.committed_by": "committed_under",
    "admissions.LotteryDraw.confirmed_by": "confirmed_under",
    "admissions.NoticePreview.asked_by": "against",
    "admissions.Objection.answered_by": "answered_under",
    "admissions.Offer.answered_by": "answered_under",
    "admissions.Offer.reported_by": "reported_under",
    "admissions.Review.reviewer": "notice_version",
    "admissions.RosterExport.approved_by": "approved_under",
    "admissions.ScoreSheet.confirmed_by": "confirmed_under",
    "admissions.Submission.recorded_by": "notice_version",
    "admissions.YearReductionDecision.by": "under",
    "applicants.Ban.imposed_by": "notice_version",
    "applicants.RosterRequest.decided_by": "decided_under",
    "bases.Brochure.decided_by": "decided_under",
    "quotas.Distribution.decided_by": "decided_under",
    "quotas.IncreaseRequest.decided_by": "decided_under",
    "quotas.OthersPool.late_by": "late_under",
    "quotas.SeatEntry.actor": "decided_under",
    "quotas.SeatMove.actor": "decided_under",
}
EXEMPT = {
    "admissions.AllocationRun.undo_asked_by": ASKED,
    "admissions.CounterVisit.opened_by": "a look at an application, on record for the access log",
    "admissions.LotteryDraw.drawn_by": "types a public draw that counts only when a second person confirms it",
    "admissions.Mark.entered_by": "stands only with the sheet that a second person confirms",
    "admissions.RosterExport.made_by": ASKED,
    "admissions.ScoreSheet.submitted_by": ASKED,
    "applicants.Profile.user": ABOUT,
    "applicants.RosterBatch.imported_by": "hands in names; who may register by them is judged when they file, under the submission's version",
    "applicants.RosterBatch.undone_by": "takes names back while nobody has relied on them",
    "applicants.RosterRequest.confirmed_by": "the school's word; the province decides",
    "bases.BaseStaff.user": ABOUT,
    "bases.Brochure.made_by": ASKED,
    "bases.SchoolStaff.user": ABOUT,
    "quotas.Distribution.asked_by": ASKED,
    "quotas.IncreaseRequest.asked_by": ASKED,
}
# Decided by a person about themselves, or by the platform by the clock: no reference to whoever did it, but a version all the same.
UNSIGNED = {
    "admissions.Submission": "notice_version",
    "admissions.Invitation": "settled_under",
    "admissions.YearReduction": "filed_under",
}


def deciders() -> Iterator[tuple[str, type[models.Model]]]:
    """Every reference to a person in the four apps, as "app.Model.field"."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.local_fields:
                if field.related_model is get_user_model():
                    yield f"{model._meta.label}.{field.name}", model


def test_every_reference_to_a_person_is_paired_or_exempt_and_nothing_is_left_over() -> None:
    found = {name for name, _ in deciders()}
    assert found - set(UNDER) - set(EXEMPT) == set(), "who decides here must name the version, or say why not"
    assert (set(UNDER) | set(EXEMPT)) - found == set(), "no such field any more"
    assert set(UNDER) & set(EXEMPT) == set()
    assert all(EXEMPT.values())


@pytest.mark.parametrize(
    ("model", "field"), [*((name.rpartition(".")[0], field) for name, field in UNDER.items()), *UNSIGNED.items()]
)
def test_the_version_is_named_and_cannot_go_away(model: str, field: str) -> None:
    version = apps.get_model(model)._meta.get_field(field)
    assert version.related_model is NoticeVersion
    assert version.remote_field.on_delete is models.PROTECT


@pytest.mark.parametrize("name", sorted(UNDER))
def test_the_database_keeps_no_decision_without_its_version(name: str) -> None:
    """Not null, or a check of the table that speaks of the version."""
    label, field = name.rpartition(".")[0], UNDER[name]
    model = apps.get_model(label)
    checks = [str(one) for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    named = any(f"{field}" in one for one in checks)
    without = {"applicants.Ban": "handed over by another office, without a notice of ours"}
    assert not model._meta.get_field(field).null or named or label in without, name
