"""Two versions of one application side by side: nothing that changed may read as the same."""

from __future__ import annotations

import copy
import json

import pytest

from admissions.models import Submission
from admissions.queries import answers
from admissions.queries.snapshots import Snapshot
from gme_portal.notices.models import Notice
from gme_portal.wording import NOTHING
from tests.factories import ApplicationFactory, QuotaFactory, SpecialtyFactory


@pytest.fixture
def content(notice: Notice) -> Snapshot:
    first = QuotaFactory(notice=notice)
    second = QuotaFactory(notice=notice, base=first.base, specialty=SpecialtyFactory(code="0900", name="外科"))
    application = ApplicationFactory(notice=notice, state="submitted", quotas=[first, second])
    return json.loads(Submission.objects.get(application=application).content.open())


def labels(content: Snapshot, before: Snapshot) -> list[str]:
    return [item["label"] for item in answers.changed(content, before)]


def test_the_same_version_has_no_changes(content: Snapshot) -> None:
    assert answers.changed(content, copy.deepcopy(content)) == []


def test_a_replaced_file_is_a_change_though_it_reads_as_uploaded_before(content: Snapshot) -> None:
    before = copy.deepcopy(content)
    content["documents"][0]["sha256"] = "f" * 64
    (item,) = answers.changed(content, before)
    assert item["value"] == "已上传"
    assert item["old"] == f"文件指纹 {before['documents'][0]['sha256'][:12]}"


def test_a_corrected_certificate_number_is_a_change(content: Snapshot) -> None:
    before = copy.deepcopy(content)
    content["education"][0]["diploma_number"] = "105011202305000002"
    (item,) = answers.changed(content, before)
    assert before["education"][0]["diploma_number"] in item["old"]


def test_a_choice_that_was_dropped_is_shown_as_gone(content: Snapshot) -> None:
    before = copy.deepcopy(content)
    content["choice"]["specialties"].pop()
    (item,) = answers.changed(content, before)
    assert (item["label"], item["value"], item["old"]) == ("第二志愿", NOTHING, "外科")


def test_an_added_choice_has_nothing_before(content: Snapshot) -> None:
    before = copy.deepcopy(content)
    before["choice"]["specialties"].pop()
    assert [(item["label"], item["old"]) for item in answers.changed(content, before)] == [("第二志愿", NOTHING)]


def test_two_degrees_of_one_level_are_compared_each_with_its_own(content: Snapshot) -> None:
    content["education"].append({**content["education"][0], "school": "示例第二医科大学"})
    before = copy.deepcopy(content)
    assert labels(content, before) == []
    content["education"][0]["school"] = "示例第三医科大学"
    (item,) = answers.changed(content, before)
    assert item["old"].startswith("示例医科大学")


def test_a_section_that_is_gone_is_shown_as_gone(content: Snapshot) -> None:
    before = copy.deepcopy(content)
    before["roster"] = {
        "base_label": "示例医院",
        "specialty_label": "内科",
        "school": "示例医科大学",
        "person_type_label": "专硕研究生",
    }
    before["employment"] = None
    content["roster"], content["employment"] = None, None
    assert "名册指定" in labels(content, before)
