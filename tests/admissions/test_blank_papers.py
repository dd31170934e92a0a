"""Blank forms (表样): everybody finds and prints those of the notice and of the bases' brochures, where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from admissions.queries.blank_papers import on_offer
from bases.models import BrochureState, TrainingBase
from bases.services import brochures
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.admissions.ranked import make_base, officer
from tests.factories import IN_WINDOW, NoticeFactory, ProfileFactory, reviewer_of

BROCHURE = """
schema = 1
policy = "{policy}"
base = "{base}"
base_name = "{name}"
title = "{name}招收简章"

[[sources]]
key = "J"
name = "{name}招收简章"
own = true

[[papers]]
key = "unit-consent"
title = "同意报考证明"
kind = "unit_consent"
clause = "J 附件"
body = \"\"\"
兹有我单位×××同志，同意其报考。

×××××单位（公章）
\"\"\"
"""


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def brochure_of(notice: Notice, base: TrainingBase, *, approve: bool = True) -> None:
    policy = policy_of(version_in_force(notice))
    source = BROCHURE.format(policy=notice.slug, base=base.code, name=base.name)
    lead = reviewer_of(base, "base_lead")
    made = brochures.propose(notice=notice, base=base, source=source, actor=lead, at=IN_WINDOW, policy=policy)
    if approve:
        brochures.decide(brochure=made, approve=True, reason="", actor=officer(), at=IN_WINDOW, policy=policy)


def page(notice: Notice, route: str, *args: str) -> str:
    return reverse(f"public:{route}", args=[notice.slug, *args])


def test_the_list_has_the_notices_forms_and_those_of_brochures_in_force(notice: Notice, client: Client) -> None:
    base, waiting = (make_base(notice, {"内科": 1}) for _ in range(2))
    brochure_of(notice, base)
    brochure_of(notice, waiting, approve=False)
    text = client.get(page(notice, "papers")).content.decode()
    assert page(notice, "paper", "graduation-proof") in text
    assert page(notice, "base_paper", base.code, "unit-consent") in text
    assert f"《{base.name}招收简章》附件" in text
    assert waiting.name not in text


def test_each_is_a_pdf_and_what_is_not_there_is_not_there(notice: Notice, client: Client) -> None:
    base = make_base(notice, {"内科": 1})
    brochure_of(notice, base)
    for address in (page(notice, "paper", "graduation-proof"), page(notice, "base_paper", base.code, "unit-consent")):
        response = client.get(address)
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")
        assert client.get(address).content == response.content
    for address in (
        page(notice, "paper", "keine"),
        page(notice, "base_paper", base.code, "graduation-proof"),
        page(notice, "base_paper", "keine", "unit-consent"),
    ):
        assert client.get(address).status_code == 404


def test_a_replaced_brochure_takes_its_forms_along(notice: Notice, client: Client) -> None:
    base = make_base(notice, {"内科": 1})
    brochure_of(notice, base)
    base.brochures.update(state=BrochureState.SUPERSEDED)
    assert client.get(page(notice, "base_paper", base.code, "unit-consent")).status_code == 404
    assert [one.base for one in on_offer(notice, policy_of(version_in_force(notice)))] == [None]


def test_a_notice_without_forms_says_so(db: None, client: Client) -> None:
    plain = NoticeFactory(policy="hubei-2024-residency")
    assert "没有可下载的表样" in client.get(page(plain, "papers")).content.decode()
    assert page(plain, "papers") not in client.get("/").content.decode()


def test_the_home_page_and_the_brochure_lead_there(notice: Notice, client: Client) -> None:
    base = make_base(notice, {"内科": 1})
    brochure_of(notice, base)
    assert page(notice, "papers") in client.get("/").content.decode()
    text = client.get(page(notice, "brochure", base.code)).content.decode()
    assert page(notice, "base_paper", base.code, "unit-consent") in text


def test_the_list_asks_as_often_for_many_bases_as_for_one(
    notice: Notice, client: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    policy = policy_of(version_in_force(notice))
    for _ in range(4):
        brochure_of(notice, make_base(notice, {"内科": 1}))
        with django_assert_num_queries(1):
            on_offer(notice, policy)


def test_the_documents_page_offers_the_form_at_its_document(
    notice: Notice, sign_in: Callable[..., Client], clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(IN_WINDOW)
    address = reverse("profile:documents", args=[notice.slug])
    sent = sign_in(ProfileFactory(notice=notice, person_type="delegated").user)
    text = sent.get(address).content.decode()
    diploma = text.partition('id="doc-diploma"')[2].partition("</section>")[0]
    consent = text.partition('id="doc-unit_consent"')[2].partition("</section>")[0]
    assert page(notice, "paper", "graduation-proof") in diploma
    assert page(notice, "papers") not in consent
    brochure_of(notice, make_base(notice, {"内科": 1}))
    consent = sent.get(address).content.decode().partition('id="doc-unit_consent"')[2].partition("</section>")[0]
    assert page(notice, "papers") in consent
