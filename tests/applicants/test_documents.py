"""Uploads: what is kept, what is refused, and that nothing is stored then; lists handed in by schools."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from applicants.models import Document, RosterBatch, RosterEntry
from applicants.queries import entry_for
from applicants.services import documents, photos, rosters
from gme_portal.files.models import StoredFile
from gme_portal.files.services import read
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from gme_portal.sheets import Reading, Row
from tests.applicants.portraits import good_photo, jpeg, portrait
from tests.factories import IN_WINDOW as AT
from tests.factories import (
    BaseFactory,
    ProfileFactory,
    SchoolFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
    resident_id,
    small_jpeg,
)

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """Somebody with an empty profile, and the rules of the notice."""

    notice: Notice

    def __post_init__(self) -> None:
        self.profile = ProfileFactory(complete=False)
        self.policy = policy_of(version_in_force(self.notice))
        self.rules = {rule.kind: rule for rule in self.policy.documents}

    def upload(self, content: bytes, kind: str = "id_front") -> Document:
        return documents.upload(
            profile=self.profile, rule=self.rules[kind], content=content, actor=self.profile.user, at=AT
        )

    def photo(self, content: bytes) -> Document:
        return photos.upload(
            profile=self.profile, rule=self.policy.photo, content=content, actor=self.profile.user, at=AT
        )


@pytest.fixture
def desk(notice: Notice) -> Desk:
    return Desk(notice)


def pdf(pages: int = 2) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    made.save(out)
    return out.getvalue()


def codes(call, content: bytes) -> set[str]:
    with pytest.raises(Refused) as caught:
        call(content)
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    return {refusal.code for refusal in caught.value.refusals}


def test_a_picture_is_kept_sealed_and_without_what_it_carried(desk: Desk) -> None:
    row = desk.upload(small_jpeg() + b"<?php passenger ?>")
    assert row.file.media_type == "image/jpeg"
    assert b"passenger" not in read(row.file)
    assert row.preview is None


def test_a_pdf_keeps_its_file_and_gets_one_picture_of_all_its_pages(desk: Desk) -> None:
    row = desk.upload(pdf(3))
    picture = Image.open(io.BytesIO(read(row.preview)))
    assert row.file.media_type == "application/pdf"
    assert row.preview.media_type == "image/jpeg"
    assert picture.height > 3 * picture.width


def test_the_newest_stands_and_the_older_one_is_kept_as_replaced(desk: Desk) -> None:
    first, second = desk.upload(small_jpeg()), desk.upload(small_jpeg("grey"))
    first.refresh_from_db()
    assert (first.replaced_at, second.replaced_at) == (AT, None)
    assert read(first.file)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b"hello", "FILE_KIND"),
        (b"GIF89a" + b"x" * 100, "FILE_KIND"),
        (b"%PDF-1.7 broken", "PDF_BROKEN"),
        (b"\xff\xd8\xff" + b"x" * 100, "IMAGE_BROKEN"),
    ],
)
def test_what_is_no_document_leaves_nothing_behind(desk: Desk, content: bytes, code: str) -> None:
    assert codes(desk.upload, content) == {code}


def test_the_limit_of_megabytes_belongs_to_the_notice(desk: Desk) -> None:
    limit = desk.rules["id_front"].max_mb * 1024 * 1024
    assert codes(desk.upload, small_jpeg() + b" " * (limit - len(small_jpeg()) + 1)) == {"FILE_TOO_LARGE"}
    assert desk.upload(small_jpeg() + b" " * (limit - len(small_jpeg())))


def test_a_locked_profile_takes_no_document(desk: Desk) -> None:
    desk.profile.locked_at = AT
    desk.profile.save()
    assert codes(desk.upload, small_jpeg()) == {"PROFILE_LOCKED"}
    assert codes(desk.photo, good_photo()) == {"PROFILE_LOCKED"}


def test_a_lock_that_came_between_is_seen_by_the_write(desk: Desk) -> None:
    type(desk.profile).objects.filter(pk=desk.profile.pk).update(locked_at=AT)
    assert codes(desk.upload, small_jpeg()) == {"PROFILE_LOCKED"}


def test_a_good_photo_is_kept_with_its_measures(desk: Desk) -> None:
    row = desk.photo(good_photo())
    assert row.kind == "photo"
    assert all(finding["passed"] for finding in row.findings)


def test_a_photo_is_refused_for_every_rule_at_once(desk: Desk) -> None:
    assert codes(desk.photo, jpeg(portrait((210, 210, 210), width=400, height=500))) == {
        "PHOTO_PIXELS",
        "PHOTO_SIZE",
        "PHOTO_BACKGROUND",
    }


@pytest.mark.parametrize(("size", "refused"), [(149 * 1024, True), (150 * 1024, False)])
def test_a_photo_of_149_kb_is_refused_and_one_of_150_kb_is_not(desk: Desk, size: int, refused: bool) -> None:
    content = jpeg(portrait(), size=size)
    if refused:
        assert codes(desk.photo, content) == {"PHOTO_SIZE"}
    else:
        assert desk.photo(content)


def test_a_pdf_is_no_photo(desk: Desk) -> None:
    with pytest.raises(Refused, match="这是 PDF 文件"):
        desk.photo(pdf())


def test_a_mended_photo_is_accepted_like_any_other(desk: Desk) -> None:
    examination = photos.examine(jpeg(portrait((225, 225, 225), grain=2)), desk.policy.photo)
    assert not examination.passed
    assert desk.photo(photos.repaired(examination, desk.policy.photo))


# ---- lists handed in by schools


def line(number: int, **changes: str) -> Row:
    values = {
        "name": "示例甲",
        "document_number": resident_id(number),
        "person_type": "专硕研究生",
        "base": "示例基地",
        "specialty": "内科",
    }
    return Row(number + 1, {**values, **changes})


@pytest.fixture
def bring(notice: Notice):
    BaseFactory(name="示例基地", code="shili-base", short_name="示例基")
    SpecialtyFactory()
    actor = StaffFactory(role="school")

    def run(*rows: Row, school: str = "示例医科大学") -> RosterBatch:
        return rosters.import_roster(
            notice=notice, reading=Reading(list(rows)), school=SchoolFactory(name=school), actor=actor, at=AT
        )

    return run


def test_a_list_gives_each_person_their_base_and_specialty(bring, notice: Notice) -> None:
    assert bring(line(1), line(2, person_type="订单定向医学生")).added == 2
    user = UserFactory(document_number=resident_id(1))
    assert entry_for(notice, user).base.name == "示例基地"
    assert entry_for(notice, UserFactory()) is None


def test_nobody_who_begins_an_application_waits_for_a_list(bring) -> None:
    """Rows that name the notice take a key share of it, which only a NO KEY lock lets through."""
    with CaptureQueriesContext(connection) as queries:
        bring(line(1))
    locks = [query["sql"] for query in queries if 'FROM "notices_notice"' in query["sql"] and " FOR " in query["sql"]]
    assert [lock.endswith("FOR NO KEY UPDATE") for lock in locks] == [True]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"document_number": resident_id(2)[:17] + ("0" if resident_id(2)[17] != "0" else "1")}, "第 18 位应为"),
        ({"base": "没有的医院"}, "没有名为“没有的医院”的培训基地"),
        ({"specialty": "没有的科"}, "没有“没有的科”专业"),
        ({"name": "示例9"}, "不能识别"),
    ],
)
def test_one_bad_line_stops_the_whole_list_and_is_named(bring, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Refused) as caught:
        bring(line(1), line(2, **changes), line(3))
    assert words in str(caught.value)
    assert "第 3 行" in str(caught.value)
    assert not RosterEntry.objects.exists()


def test_the_same_school_may_correct_its_list_and_another_may_not(bring) -> None:
    bring(line(1))
    before = RosterEntry.objects.get()
    bring(line(1, name="示例改"))
    after = RosterEntry.objects.get()
    assert (after.pk, after.name, after.document_number.open()) == (before.pk, "示例改", resident_id(1))
    with pytest.raises(Refused, match="名册"):
        bring(line(1), line(2), school="示例别的大学")
    assert RosterEntry.objects.count() == 1
