"""The brochure as a form: what is typed becomes the text the loader reads, and comes back as it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from admissions.forms.brochure import BrochureForm
from admissions.forms.brochure_tables import initial_of
from admissions.queries import mark_book
from bases.models import Brochure, TrainingBase
from bases.queries import policy_at
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy, loads_supplement
from tests.admissions.ranked import make_base, officer
from tests.factories import IN_WINDOW, reviewer_of

TYPED = {
    "title": "示例医院招收简章",
    "weight-written": "50",
    "weight-skills": "10",
    "weight-interview": "40",
    "exam-written-on": "2025-07-28",
    "exam-written-from": "09:00",
    "exam-written-to": "11:00",
    "exam-written-place": "示例楼二楼",
    "slot_place": "示例楼一楼",
    "slot-0-on": "2025-07-21",
    "slot-0-morning-from": "08:00",
    "slot-0-morning-to": "11:30",
    "slot-0-afternoon-from": "14:00",
    "slot-0-afternoon-to": "17:00",
    "slot-0-capacity": "60",
    "medical_need": "required",
    "medical_standard": "公务员标准",
    "medical_until": "2025-08-06",
    "contact_phone": "0871-00000000",
    "contact_email": "office@example.org",
    "facts": "住宿：免费提供\n补助：每月 1200 元",
}


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 1})


def filled(policy: Policy, base: TrainingBase, **changes: str) -> BrochureForm:
    return BrochureForm(TYPED | changes, policy=policy, base=base)


def test_what_is_typed_comes_back_as_typed(policy: Policy, base: TrainingBase) -> None:
    form = filled(policy, base)
    assert form.is_valid(), form.errors
    supplement = loads_supplement(form.source(), "form", policy)
    assert supplement.scoring(policy).components[0].weight == 50
    again = initial_of(supplement)
    assert {name: str(value) for name, value in again.items() if name in ("title", "weight-written", "facts", "medical_until")} == {
        "title": TYPED["title"],
        "weight-written": "50",
        "facts": TYPED["facts"],
        "medical_until": "2025-08-06",
    }  # fmt: skip
    assert f"{again['slot-0-afternoon-to']:%H:%M} {again['exam-written-from']:%H:%M}" == "17:00 09:00"


def test_an_empty_form_decides_nothing(policy: Policy, base: TrainingBase) -> None:
    form = BrochureForm({"title": "示例"}, policy=policy, base=base)
    assert form.is_valid(), form.errors
    assert loads_supplement(form.source(), "form", policy).scoring(policy) == policy.scoring


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("exam-written-to", "", "没有填完整"),
        ("slot-0-on", "", "请选择日期"),
        ("slot-0-morning-to", "", "没有填完整"),
        ("contact_email", "3225714607@.com", "要有域名"),
        ("facts", "免费住宿", "主题：说明"),
        ("weight-written", "-1", "大于或等于"),
    ],
)
def test_half_a_row_is_told_at_its_field(policy: Policy, base: TrainingBase, field: str, typed: str, says: str) -> None:
    form = filled(policy, base, **{field: typed})
    assert not form.is_valid()
    assert any(says in words for words in form.errors[field]), form.errors


@pytest.fixture
def at_the_desk(notice: Notice, base: TrainingBase, sign_in: Callable[[User], Client], clock_at: Callable[..., object]):
    clock_at(IN_WINDOW)
    return sign_in(reviewer_of(base, Role.BASE_LEAD))


def test_from_the_form_to_the_weights_of_the_base(
    notice: Notice, base: TrainingBase, policy: Policy, at_the_desk: Client, sign_in: Callable[[User], Client]
) -> None:
    address = reverse("base:brochure", args=[notice.slug])
    assert at_the_desk.post(address, TYPED).status_code == 303
    brochure = Brochure.objects.get()
    province = sign_in(officer())
    listed = province.get(reverse("province:brochures", args=[notice.slug]))
    assert base.name in listed.content.decode()
    page = province.get(reverse("province:brochure", args=[notice.slug, brochure.pk])).content.decode()
    assert "理论笔试占 50%" in page
    assert "理论笔试 40%" in page, "beside what the notice says"
    decide = reverse("province:brochure_decide", args=[notice.slug, brochure.pk, "approve"])
    assert province.post(decide, {"reason": ""}).status_code == 303
    assert policy_at(policy, notice, base).scoring.components[0].weight == 50
    assert [one.label for one in mark_book.items(policy_at(policy, notice, base))][-1] == "体检"
    public = Client().get(reverse("public:brochure", args=[notice.slug, base.code])).content.decode()
    assert "免费提供" in public


def test_what_the_loader_refuses_is_said_on_the_page_and_nothing_typed_is_lost(
    notice: Notice, base: TrainingBase, at_the_desk: Client
) -> None:
    page = at_the_desk.post(reverse("base:brochure", args=[notice.slug]), TYPED | {"weight-written": "60"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "相加为 110%" in text
    assert "示例楼二楼" in text
    assert not Brochure.objects.exists()


def test_returned_with_a_reason_the_lead_reads_it(
    notice: Notice, base: TrainingBase, at_the_desk: Client, sign_in: Callable[[User], Client]
) -> None:
    address = reverse("base:brochure", args=[notice.slug])
    at_the_desk.post(address, TYPED)
    province = sign_in(officer())
    back = reverse("province:brochure_decide", args=[notice.slug, Brochure.objects.get().pk, "return"])
    assert province.post(back, {"reason": ""}).status_code == 422, "a return says why"
    assert province.post(back, {"reason": "请核对考核时间"}).status_code == 303
    assert "请核对考核时间" in at_the_desk.get(address).content.decode()
