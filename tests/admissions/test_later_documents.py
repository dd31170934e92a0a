"""The certificate itself is handed in after its stand-in was filed: without reopening anything, up to report-in, and the base looks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from admissions.access import later_documents_visible_to
from admissions.models import LaterDocument, Offer
from admissions.queries.later_documents import awaited
from admissions.queries.papers import content_of, documents_of
from admissions.services import applications, later_documents, offers, releases, report_in
from applicants.models import Document
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.files.services import read
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.late import CERTIFICATE, filed, graduating, hand_in
from tests.admissions.ranked import APPROVED, CONFIRMED, OVER, another_lead, applicant, computed, make_base, mark_all
from tests.factories import IN_WINDOW, ApplicationFactory, UserFactory, reviewer_of, small_jpeg

CLOSES = datetime(2025, 9, 1, 18, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 2})


def refused_code(make: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        make()
    return refused.value.code


def test_the_filed_version_stays_and_the_certificate_lies_beside_it(notice: Notice, base: TrainingBase) -> None:
    application = filed(notice, base)
    submission = application.submissions.get()
    before, digest = content_of(submission), submission.digest
    later = hand_in(application, OVER)
    submission.refresh_from_db()
    assert (content_of(submission), submission.digest) == (before, digest)
    old = next(row for row in documents_of(before) if row.kind == "diploma")
    assert (later.filed, later.state, later.submission) == (old, "uploaded", submission)
    assert read(old.file) == small_jpeg()
    assert later.document.pk != old.pk
    application.refresh_from_db()
    application.applicant.refresh_from_db()
    assert (application.state, application.applicant.locked_at) == ("approved", IN_WINDOW)
    event = AuditEvent.objects.get(action="later_document.uploaded")
    assert event.detail["sha256"] == later.document.file.sha256


@pytest.mark.parametrize("state", ["submitted", "approved", "confirmed"])
def test_while_the_application_is_with_the_base(notice: Notice, base: TrainingBase, state: str) -> None:
    assert hand_in(filed(notice, base, state), CONFIRMED).state == "uploaded"


@pytest.mark.parametrize("state", ["withdrawn", "returned", "rejected"])
def test_not_while_it_is_open_or_refused(notice: Notice, base: TrainingBase, state: str) -> None:
    application = filed(notice, base, state)
    assert refused_code(lambda: hand_in(application, CONFIRMED)) == "NOT_NOW_STATE"
    assert not LaterDocument.objects.exists()


@pytest.mark.parametrize(("at", "code"), [(CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")])
def test_up_to_the_last_second_of_report_in(notice: Notice, base: TrainingBase, at: datetime, code: str) -> None:
    application = filed(notice, base)
    if not code:
        assert hand_in(application, at).uploaded_at == at
        return
    assert refused_code(lambda: hand_in(application, at)) == code


def test_after_report_in_it_goes_to_the_base_by_hand(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    application = filed(notice, base, "confirmed")
    mark_all(notice, base, {application: "90"})
    releases.approve_and_publish(computed(notice, base), actor=another_lead(base), at=APPROVED)
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    hand_in(application, OVER)
    report_in.confirm(Offer.objects.get(), actor=reviewer_of(base), at=OVER + SECOND, policy=policy)
    assert refused_code(lambda: hand_in(application, OVER + 2 * SECOND)) == "AFTER_REPORT_IN"


def test_only_what_was_filed_as_a_stand_in(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    graduate = filed(notice, base)
    assert [one.rule.kind for one in awaited(graduate, policy)] == ["diploma", "degree"]
    assert refused_code(lambda: hand_in(graduate, OVER, "id_front")) == "NOT_A_STAND_IN"
    with_diploma = applicant(notice, base, ["内科"])
    assert awaited(with_diploma, policy) == []
    assert refused_code(lambda: hand_in(with_diploma, OVER)) == "NOT_A_STAND_IN"


def test_only_ones_own(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    application = filed(notice, base)
    for actor in (UserFactory(), reviewer_of(base)):
        refused = refused_code(
            lambda actor=actor: later_documents.upload(
                application, "diploma", content=CERTIFICATE, actor=actor, at=OVER, policy=policy
            )
        )
        assert refused == "NOT_YOURS"


def test_a_broken_file_leaves_nothing(notice: Notice, base: TrainingBase) -> None:
    application = filed(notice, base)
    before = Document.objects.count()
    refused_code(lambda: hand_in(application, OVER, content=b"no picture"))
    assert (LaterDocument.objects.count(), Document.objects.count()) == (0, before)


def test_a_second_upload_takes_the_place_of_one_nobody_has_looked_at(
    notice: Notice, base: TrainingBase, policy: Policy
) -> None:
    application = filed(notice, base)
    first, second = hand_in(application, OVER), hand_in(application, OVER + SECOND)
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "uploaded")
    assert second.filed == first.filed
    later_documents.decide(second, "confirm", actor=reviewer_of(base), at=OVER + 2 * SECOND, policy=policy)
    assert refused_code(lambda: hand_in(application, OVER + 3 * SECOND)) == "ALREADY_CONFIRMED"
    assert hand_in(application, OVER + 3 * SECOND, "degree").kind == "degree"


def test_the_base_confirms_once(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    later = hand_in(filed(notice, base), OVER)
    row = later_documents.decide(later, "confirm", actor=reviewer_of(base), at=OVER, policy=policy)
    assert (row.state, row.decided_by, row.decided_under) == ("confirmed", reviewer_of(base), version_in_force(notice))
    assert AuditEvent.objects.filter(action="later_document.confirmed").count() == 1
    assert Message.objects.filter(title="补交的证书已核对", channel="inbox").count() == 1
    again = refused_code(
        lambda: later_documents.decide(
            later, "return", reason="看不清", actor=reviewer_of(base), at=OVER, policy=policy
        )
    )
    assert again == "NOT_NOW_STATE"


def test_the_base_returns_with_a_reason_and_the_person_uploads_again(
    notice: Notice, base: TrainingBase, policy: Policy
) -> None:
    application = filed(notice, base)
    later = hand_in(application, OVER)
    decide = {"actor": reviewer_of(base), "at": OVER, "policy": policy}
    assert refused_code(lambda: later_documents.decide(later, "return", reason=" ", **decide)) == "REASON_MISSING"
    later_documents.decide(later, "return", reason="印章看不清", **decide)
    assert "印章看不清" in Message.objects.get(title="补交的证书被退回", channel="inbox").body.open()
    assert hand_in(application, OVER + SECOND).state == "uploaded"


def test_only_writers_of_the_base_decide_and_only_it_sees(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    later = hand_in(filed(notice, base), OVER)
    other = make_base(notice, {"内科": 1})
    for actor, code in (
        (reviewer_of(base, Role.BASE_READER), "NOT_YOURS"),
        (reviewer_of(other), "NOT_YOUR_BASE"),
        (later.application.applicant.user, "NOT_YOUR_BASE"),
    ):
        assert (
            refused_code(
                lambda actor=actor: later_documents.decide(later, "confirm", actor=actor, at=OVER, policy=policy)
            )
            == code
        )
    for user, seen in (
        (reviewer_of(base, Role.BASE_READER), 1),
        (later.application.applicant.user, 1),
        (reviewer_of(other), 0),
        (UserFactory(), 0),
    ):
        assert later_documents_visible_to(user).count() == seen


def test_filing_again_afterwards_files_the_certificate(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    """Taken back inside the window and filed again: the new version holds what stands now."""
    application = filed(notice, base, "submitted")
    later = hand_in(application, IN_WINDOW + SECOND)
    owner = application.applicant.user
    applications.withdraw(application=application, actor=owner, at=IN_WINDOW + 2 * SECOND, policy=policy)
    again = ApplicationFactory(
        notice=notice,
        state="submitted",
        profile=application.applicant,
        quotas=[application.choices.get().quota],
        at=IN_WINDOW + 3 * SECOND,
    )
    kinds = {row.kind: row.pk for row in documents_of(content_of(again.submissions.latest("number")))}
    assert kinds["diploma"] == later.document_id


def test_the_persons_page(
    notice: Notice, base: TrainingBase, sign_in: Callable[..., Client], clock_at: Callable[..., datetime]
) -> None:
    application = filed(notice, base)
    clock_at(OVER)
    client, address = sign_in(application.applicant.user), reverse("apply:certificates", args=[notice.slug])
    assert address in client.get(reverse("apply:home", args=[notice.slug])).content.decode()
    text = client.get(address).content.decode()
    assert "上传毕业证书" in text
    file = SimpleUploadedFile("diploma.jpg", CERTIFICATE, content_type="image/jpeg")
    assert client.post(address, {"kind": "diploma", "diploma-file": file}).status_code == 303
    assert "已补交，待核对" in client.get(address).content.decode()
    assert client.post(address, {"kind": "degree"}).status_code == 422
    assert client.post(address, {"kind": "id_front"}).status_code == 404
    clock_at(CLOSES)
    text = client.get(address).content.decode()
    assert "截止" in text
    assert "diploma-file" not in text


def test_somebody_without_a_filing_has_nothing_to_hand_in(
    notice: Notice, sign_in: Callable[..., Client], clock_at: Callable[..., datetime]
) -> None:
    clock_at(IN_WINDOW)
    client = sign_in(graduating(notice).user)
    assert "没有需要补交的证书" in client.get(reverse("apply:certificates", args=[notice.slug])).content.decode()


def test_the_bases_pages(
    notice: Notice, base: TrainingBase, sign_in: Callable[..., Client], clock_at: Callable[..., datetime]
) -> None:
    later = hand_in(filed(notice, base), OVER)
    clock_at(OVER + SECOND)
    client = sign_in(reviewer_of(base))
    listing = reverse("base:certificates", args=[notice.slug])
    one = reverse("base:certificate", args=[notice.slug, later.pk])
    assert "待核对 1 份" in client.get(reverse("base:home", args=[notice.slug])).content.decode()
    assert one in client.get(listing).content.decode()
    assert client.get(one).status_code == 200
    for which, expected in (("later", CERTIFICATE), ("filed", small_jpeg())):
        answer = client.get(reverse("base:certificate_file", args=[notice.slug, later.pk, which]))
        assert len(answer.getvalue() if answer.streaming else answer.content) == len(expected)
    assert AccessLog.objects.filter(purpose="核对补交的证书").count() == 2
    review = client.get(reverse("base:review_one", args=[notice.slug, later.application_id])).content.decode()
    assert "毕业证书（补交）" in review
    returned = reverse("base:certificate_decide", args=[notice.slug, later.pk, "return"])
    assert client.post(returned, {"reason": ""}).status_code == 422
    confirm = reverse("base:certificate_decide", args=[notice.slug, later.pk, "confirm"])
    assert client.post(confirm).status_code == 303
    assert one in client.get(f"{listing}?state=confirmed").content.decode()
    assert client.post(returned, {"reason": "看不清"}).status_code == 422
    foreign = sign_in(reviewer_of(make_base(notice, {"内科": 1})))
    assert foreign.get(one).status_code == 404
