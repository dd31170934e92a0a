"""The profile's pages in a browserless client: the way through the sections, other people's objects, autosave, files."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applicants.models import Document, Education, Profile
from applicants.services import locking
from gme_portal.accounts.identity import birth_date
from gme_portal.audit.services import log_reveal
from gme_portal.notices.models import Notice
from tests.applicants.portraits import good_photo, jpeg, portrait
from tests.factories import (
    IN_WINDOW,
    BaseFactory,
    EthnicGroupFactory,
    MajorFactory,
    ProfileFactory,
    SchoolFactory,
    StaffFactory,
    UserFactory,
    add_document,
    resident_id,
    small_jpeg,
)

pytestmark = pytest.mark.django_db
BACKEND = "gme_portal.accounts.backends.IdentityBackend"


def url(notice: Notice, name: str, *args: Any) -> str:
    return reverse(f"profile:{name}", args=[notice.slug, *args])


def personal(**changes: str) -> dict[str, str]:
    words = {
        "person_type": "social",
        "ethnic_group": EthnicGroupFactory().pk,
        "married": "no",
        "title": "none",
        "email": "shili@example.com",
    }
    words |= {"household_address": "示例市示例路1号", "address": "示例市示例路1号"}
    words |= {"is_military": "no", "holds_training_certificate": "no", "in_national_platform": "no"}
    return {**words, **changes}


def profile_of(client: Client) -> Profile:
    return Profile.objects.get(user=client.user)


def file(content: bytes, name: str = "示例.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_sections_lead_from_one_to_the_next(applicant_client: Client, notice: Notice) -> None:
    client = applicant_client
    assert client.get(url(notice, "personal")).status_code == 200
    assert client.post(url(notice, "personal"), personal(person_type="delegated"))["Location"] == url(
        notice, "education"
    )
    school, major = SchoolFactory(), MajorFactory()
    record = {
        "level": "bachelor",
        "enrolled": "no",
        "study": "full_time",
        "foreign": "no",
        "school": school.name,
        "major": major.name,
    }
    record |= {
        "graduated_on": "2023-07-01",
        "diploma_pending": "no",
        "diploma_number": "105",
        "degree_awarded": "yes",
        "degree_number": "106",
    }
    assert client.post(url(notice, "education_add"), record)["Location"] == url(notice, "education")
    assert client.post(url(notice, "licence"), {"holds": "no"})["Location"] == url(notice, "employment")
    assert (
        client.post(url(notice, "employment"), {"name": "示例医院", "level": "county", "specialty": ""}).status_code
        == 422
    )
    assert profile_of(client).licence_saved_at == IN_WINDOW
    assert Education.objects.get().school == school


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "a@"}, "email"),
        ({"ethnic_group": ""}, "ethnic_group"),
        ({"person_type": "x"}, "person_type"),
        ({"address": ""}, "address"),
        ({"is_military": ""}, "is_military"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    applicant_client: Client, notice: Notice, changes: dict[str, str], field: str
) -> None:
    page = applicant_client.post(url(notice, "personal"), personal(**changes))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert "示例市示例路1号" in page.content.decode()
    assert profile_of(applicant_client).personal_saved_at is None


@pytest.mark.parametrize(("born", "asks"), [("20070711", True), ("20070710", False)])
def test_whoever_is_not_yet_eighteen_is_asked(
    client: Client, clock_at: Callable[[datetime], datetime], notice: Notice, born: str, asks: bool
) -> None:
    clock_at(IN_WINDOW)  # 10 July 2025
    client.force_login(UserFactory(document_number=resident_id(1, born=born)), backend=BACKEND)
    page = client.post(url(notice, "personal"), personal())
    assert page.status_code == (422 if asks else 303)
    if asks:
        assert set(page.context["form"].errors) == {"age_confirmed"}
        assert client.post(url(notice, "personal"), personal(age_confirmed="on")).status_code == 303


def test_a_locked_profile_is_shown_and_not_taken(applicant_client: Client, notice: Notice) -> None:
    profile = ProfileFactory(user=applicant_client.user)
    locking.lock(profile, at=IN_WINDOW)
    page = applicant_client.get(url(notice, "personal"))
    assert "取消报名" in page.content.decode()
    assert "保存并继续" not in page.content.decode()
    assert applicant_client.post(url(notice, "personal"), personal(email="neu@example.com")).status_code == 422
    profile.refresh_from_db()
    assert profile.email.open() != "neu@example.com"
    for name in ("education", "licence", "photo", "documents"):
        assert applicant_client.get(url(notice, name)).status_code == 200


def test_what_was_typed_comes_back_with_its_time_until_it_is_thrown_away(
    applicant_client: Client, notice: Notice
) -> None:
    client, autosave, page = applicant_client, url(notice, "autosave", "personal"), url(notice, "personal")
    answer = client.post(autosave, {"address": "半截地址", "email": "not yet"}, headers={"X-Autosave": "1"})
    assert answer.json() == {"saved_at": IN_WINDOW.isoformat()}
    shown = client.get(page).content.decode()
    assert "已恢复 09:00 未保存的填写" in shown
    assert 'value="半截地址"' in shown
    assert 'value="not yet"' in shown
    born = birth_date(client.user.document_number.open())  # type: ignore[attr-defined]
    assert born is not None
    assert f'value="{born.isoformat()}"' in shown  # the birthday of the number does not depend on a draft
    client.post(page, {"discard": "1"})
    assert "半截地址" not in client.get(page).content.decode()


def test_autosave_says_why_it_does_not_keep(applicant_client: Client, notice: Notice) -> None:
    assert applicant_client.post(url(notice, "autosave", "nothing"), {}).status_code == 422
    locking.lock(profile_of(applicant_client), at=IN_WINDOW)
    answer = applicant_client.post(url(notice, "autosave", "personal"), {"email": "x"})
    assert answer.status_code == 409
    assert "已提交" in answer.json()["message"]


def test_other_peoples_objects_are_not_there(applicant_client: Client, notice: Notice) -> None:
    other = ProfileFactory()
    document, education = other.documents.first(), other.educations.get()
    assert applicant_client.get(url(notice, "document_file", document.pk)).status_code == 404
    assert applicant_client.get(url(notice, "education_edit", education.pk)).status_code == 404
    assert applicant_client.post(url(notice, "education_delete", education.pk)).status_code == 404
    assert Education.objects.filter(pk=education.pk).exists()


def test_staff_and_strangers_have_no_profile_pages(client: Client, notice: Notice) -> None:
    assert client.get(url(notice, "personal"))["Location"].startswith(reverse("accounts:login"))
    client.force_login(StaffFactory(), backend=BACKEND)
    assert client.get(url(notice, "personal")).status_code == 403


def test_a_file_is_never_cached_never_sniffed_and_a_pdf_never_shown_in_the_page(
    applicant_client: Client, notice: Notice
) -> None:
    profile = ProfileFactory(user=applicant_client.user, complete=False)
    picture, paper = (
        add_document(profile, "id_front"),
        add_document(profile, "diploma", content=b"%PDF-1.7", media_type="application/pdf"),
    )
    answers = [applicant_client.get(url(notice, "document_file", row.pk)) for row in (picture, paper)]
    for answer in answers:
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert [answer["Content-Disposition"].split(";")[0] for answer in answers] == ["inline", "attachment"]


def test_a_document_is_uploaded_replaced_and_taken_back(applicant_client: Client, notice: Notice) -> None:
    client, page = applicant_client, url(notice, "documents")
    profile = ProfileFactory(user=client.user, complete=False)
    assert client.post(page, {"kind": "id_front", "id_front-file": file(small_jpeg())}).status_code == 303
    refused = client.post(page, {"kind": "id_front", "id_front-file": file(b"hello", "x.jpg")})
    assert refused.status_code == 422
    assert "改扩展名不能改变格式" in refused.content.decode()
    assert client.post(page, {"kind": "id_front"}).status_code == 422
    assert client.post(page, {"kind": "nonsense", "nonsense-file": file(small_jpeg())}).status_code == 404
    add_document(profile, "licence")  # not asked of somebody without a licence
    assert "不再需要的材料" in client.get(page).content.decode()
    client.post(page, {"kind": "licence", "remove": "1"})
    assert list(Document.objects.filter(replaced_at=None).values_list("kind", flat=True)) == ["id_front"]


def test_a_document_of_a_locked_profile_stays_and_the_page_says_why(applicant_client: Client, notice: Notice) -> None:
    """A second tab still shows the button after the application was filed."""
    profile = ProfileFactory(user=applicant_client.user)
    locking.lock(profile, at=IN_WINDOW)
    answer = applicant_client.post(url(notice, "documents"), {"kind": "id_front", "remove": "1"}, follow=True)
    assert answer.status_code == 200
    assert "取消报名" in answer.content.decode()
    assert Document.objects.filter(profile=profile, kind="id_front", replaced_at=None).exists()


def test_a_grey_photo_is_shown_mended_and_kept_only_when_adopted(applicant_client: Client, notice: Notice) -> None:
    client, page = applicant_client, url(notice, "photo")
    answer = client.post(page, {"file": file(jpeg(portrait((225, 225, 225), grain=2)))})
    assert answer.status_code == 422
    assert "采用修正后的照片" in answer.content.decode()
    assert not Document.objects.exists()
    mended = answer.context["repaired"]
    assert client.post(page, {"adopt": "1", "repaired": mended}).status_code == 303
    assert Document.objects.get().kind == "photo"


@pytest.mark.parametrize(
    "sent", ["", "no base64!", "照片", base64.b64encode(b"hello").decode(), base64.b64encode(small_jpeg()).decode()]
)
def test_an_adopted_photo_is_judged_like_any_other(applicant_client: Client, notice: Notice, sent: str) -> None:
    assert applicant_client.post(url(notice, "photo"), {"adopt": "1", "repaired": sent}).status_code == 422
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"%PDF-1.7\n", "这是 PDF 文件"), (jpeg(portrait((60, 120, 220)), size=160_000), "不能自动修正")],
)
def test_what_cannot_be_a_photo_says_so(applicant_client: Client, notice: Notice, content: bytes, words: str) -> None:
    page = applicant_client.post(url(notice, "photo"), {"file": file(content)})
    assert page.status_code == 422
    assert words in page.content.decode()


def test_a_good_photo_is_kept_at_once(applicant_client: Client, notice: Notice) -> None:
    assert applicant_client.post(url(notice, "photo"), {"file": file(good_photo())}).status_code == 303


def test_who_looked_is_told_by_office_in_a_fixed_number_of_queries(applicant_client: Client, notice: Notice) -> None:
    staff = StaffFactory(name="示例某人")
    BaseFactory().staff.create(user=staff)
    counts = []
    for many in (1, 24):
        for _ in range(many):
            log_reveal(row=applicant_client.user, column="phone", actor=staff, purpose="资格审核", at=IN_WINDOW)
        with CaptureQueriesContext(connection) as queries:
            page = applicant_client.get(url(notice, "looks")).content.decode()
        counts.append(len(queries))
        assert "手机号码" in page
        assert "基地审核员" in page
        assert "示例某人" not in page
    assert counts[0] == counts[1]
