"""A brochure that came from a file goes through the form without losing anything that the form did not change."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from admissions.forms.brochure import BrochureForm
from admissions.forms.brochure_tables import initial_of
from bases.models import Brochure, TrainingBase
from bases.services import brochures
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy, loads_supplement
from tests.admissions.ranked import officer
from tests.factories import IN_WINDOW, BaseFactory, NoticeFactory, reviewer_of

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "fixtures/policies/supplements/yunnan-2025-assistant-gp.km-second.toml"
SOURCE = FILE.read_text(encoding="utf-8")


@pytest.fixture
def notice(db: None) -> Notice:
    return NoticeFactory("yunnan-2025-assistant-gp")


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(db: None) -> TrainingBase:
    return BaseFactory(code="km-second", name="昆明市第二人民医院")


def shown(policy: Policy, base: TrainingBase, source: str) -> BrochureForm:
    """The form as the page shows it."""
    return BrochureForm(
        policy=policy,
        base=base,
        kept=tomllib.loads(source),
        initial=initial_of(loads_supplement(source, "file", policy)),
    )


def typed(form: BrochureForm, **changes: str) -> dict[str, str]:
    """What a browser sends back when somebody changes only this; lines end as browsers end them."""
    sent = {}
    for field in form:
        value = field.value()
        shown_as = field.field.widget.format_value(value) if value is not None else ""
        sent[field.name] = str((shown_as[0] if isinstance(shown_as, list) else shown_as) or "")
    sent = {name: value.replace("\n", "\r\n") for name, value in sent.items()}
    return sent | {name.replace("__", "-"): value for name, value in changes.items()}


def saved(policy: Policy, base: TrainingBase, source: str = SOURCE, **changes: str) -> dict[str, Any]:
    first = shown(policy, base, source)
    data = QueryDict(mutable=True)
    data.update(typed(first, **changes))
    form = BrochureForm(data, policy=policy, base=base, kept=first.kept, initial=first.initial)
    assert form.is_valid(), form.errors
    text = form.source()
    loads_supplement(text, "form", policy)
    return tomllib.loads(text)


def test_saved_as_it_was_it_says_the_same(policy: Policy, base: TrainingBase) -> None:
    """Papers, clauses, notes, the source with its date, an interview until 24:00."""
    assert saved(policy, base) == tomllib.loads(SOURCE)


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"contact_phone": "0871-11111111"}, "contact"),
        ({"exam__interview__on": "2025-07-30", "exam__interview__until": "2025-07-31"}, "exams"),
        ({"weight__written": "50", "weight__skills": "10"}, "weights"),
        ({"slot__1__capacity": "30"}, "slots"),
        ({"medical_until": "2025-08-05"}, "medical_exam"),
        ({"paper__0__title": "单位同意报考证明"}, "papers"),
        ({"title": "昆明市第二人民医院2025年招生简章"}, "title"),
    ],
)
def test_what_is_changed_changes_and_everything_else_stays(
    policy: Policy, base: TrainingBase, changes: dict[str, str], group: str
) -> None:
    before, after = tomllib.loads(SOURCE), saved(policy, base, **changes)
    assert after[group] != before[group]
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == {group}


def test_a_changed_row_keeps_its_clause_and_note(policy: Policy, base: TrainingBase) -> None:
    before, after = tomllib.loads(SOURCE), saved(policy, base, exam__interview__place="示例楼")
    assert after["exams"][2] == before["exams"][2] | {"place": "示例楼"}
    assert after["exams"][2]["closes"] == "2025-07-31 24:00"
    phone = saved(policy, base, contact_phone="0871-11111111")["contact"]
    assert phone == before["contact"] | {"phone": "0871-11111111"}


def test_one_line_of_the_facts_changes_and_the_others_are_the_same(policy: Policy, base: TrainingBase) -> None:
    lines = initial_of(loads_supplement(SOURCE, "file", policy))["facts"].split("\n")
    after = saved(policy, base, facts="\n".join([*lines[:-1], "交通：地铁"]))["facts"]
    assert after == [*tomllib.loads(SOURCE)["facts"][:-1], {"topic": "交通", "note": "地铁"}]


def test_papers_are_added_changed_and_taken_out(policy: Policy, base: TrainingBase) -> None:
    more = {"paper__1__title": "毕业证明", "paper__1__kind": "graduation_proof", "paper__1__body": "兹证明×××。"}
    added = saved(policy, base, **more)["papers"]
    assert [one["key"] for one in added] == ["unit-consent", "graduation-proof"]
    assert added[1] == {"key": "graduation-proof", "title": "毕业证明", "kind": "graduation_proof", "body": "兹证明×××。", "clause": "001 附件"}  # fmt: skip
    again = saved(policy, base, **more | {"paper__1__kind": "unit_consent"})["papers"]
    assert [one["key"] for one in again] == ["unit-consent", "unit-consent-2"]
    gone = saved(policy, base, paper__0__title="", paper__0__kind="", paper__0__body="")
    assert "papers" not in gone


MORE = """
[[exams]]
component = "written"
opens = "2025-08-01 09:00"
closes = "2025-08-01 11:00"
clause = "001 五(一)"
"""


def test_what_the_form_does_not_show_is_kept(policy: Policy, base: TrainingBase) -> None:
    """A second sitting of one examination, a third span of hours in a day, more days than the form has rows by itself."""
    days = "".join(
        f'\n[[slots]]\non = "2025-07-{day}"\nhours = ["08:00-09:00", "10:00-11:00", "14:00-17:00"]\nclause = "001 四"\n'
        for day in range(26, 31)
    )
    source = SOURCE + MORE + days
    before = tomllib.loads(source)
    assert saved(policy, base, source) == before
    after = saved(policy, base, source, exam__written__place="示例楼", slot__5__capacity="9")
    assert [row for row in after["exams"] if row["opens"].startswith("2025-08-01")] == before["exams"][-1:]
    assert after["slots"][5]["hours"] == before["slots"][5]["hours"]
    assert after["slots"][6:] == before["slots"][6:]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_phone": ""}, "contact_phone"),
        ({"medical_need": ""}, "medical_need"),
        ({"paper__0__body": ""}, "paper-0-body"),
    ],
)
def test_nothing_goes_because_what_it_belongs_to_is_missing(
    policy: Policy, base: TrainingBase, changes: dict[str, str], field: str
) -> None:
    first = shown(policy, base, SOURCE)
    form = BrochureForm(typed(first, **changes), policy=policy, base=base, kept=first.kept, initial=first.initial)
    assert not form.is_valid()
    assert field in form.errors


def test_over_the_page_also_a_returned_brochure_is_where_one_goes_on(
    notice: Notice,
    policy: Policy,
    base: TrainingBase,
    sign_in: Callable[[User], Client],
    clock_at: Callable[..., object],
) -> None:
    clock_at(IN_WINDOW)
    lead = reviewer_of(base, Role.BASE_LEAD)
    made = brochures.propose(notice=notice, base=base, source=SOURCE, actor=lead, at=IN_WINDOW, policy=policy)
    brochures.decide(
        brochure=made, approve=False, reason="示例：请补电话", actor=officer(), at=IN_WINDOW, policy=policy
    )
    client, url = sign_in(lead), reverse("base:brochure", args=[notice.slug])
    page = client.get(url)
    assert "示例：请补电话" in page.content.decode()
    sent = typed(page.context["form"], contact_phone="0871-22222222")
    assert client.post(url).status_code == 422, "a form without anything in it"
    assert client.post(url, sent | {"seen": "0"}).status_code == 422, "somebody else handed in another one meanwhile"
    assert client.post(url, sent | {"seen": "1"}).status_code == 303
    latest = tomllib.loads(Brochure.objects.get(number=2).source)
    assert latest["contact"]["phone"] == "0871-22222222"
    assert latest["papers"] == tomllib.loads(SOURCE)["papers"]
