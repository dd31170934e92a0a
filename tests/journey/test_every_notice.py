"""One year under every notice there is a file for: the same steps through the same pages, with nothing but the file changed.

No step knows a notice, a province or a year: dates, person types, numbers of choices, papers, examinations, consents and rounds are what the file says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from admissions.models import Application, Offer, Publicity
from admissions.states import ACTIVE_OFFER_STATES
from admissions.tasks import follow_deadlines
from bases.models import TrainingBase
from gme_portal.policy import load
from quotas.models import Quota
from tests.factories import POLICIES
from tests.journey import deciding, filing, invented, listing, standing
from tests.journey.cast import Figure
from tests.journey.province import Province, found
from tests.journey.reader import plain

FILES = sorted(POLICIES.glob("*.toml"))
# Shorter ones are common speech.
SENTENCE = 10
# After a deadline what arrived in time is waited for.
SETTLED = timedelta(minutes=15)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_year_under_the_notice(path: Path, db: None, clock_at: Callable[[datetime], datetime]) -> None:
    province = found(path, clock_at)
    walk(province)
    assert foreign_sentences(province) == []


def test_a_new_province_is_one_file(tmp_path: Path, db: None, clock_at: Callable[[datetime], datetime]) -> None:
    path = tmp_path / f"{invented.ID}.toml"
    path.write_text(invented.NOTICE, encoding="utf-8")
    province = found(path, clock_at)
    walk(province)
    assert foreign_sentences(province) == []


def walk(province: Province) -> None:
    """The whole year: round after round, then whoever has a place reports in."""
    deciding.distribute_others(province)
    listing.hand_in(province)
    for round_key in province.rounds:
        taking_part = [one for one in province.people if one.place is None]
        sign_up(province, round_key, taking_part)
        assess(province, round_key, taking_part)
        publish(province, round_key, taking_part)
        reallocate(province, round_key)
    report_in(province)


def sign_up(province: Province, round_key: str, people: Sequence[Figure]) -> None:
    """Everybody files in the window of their type, or is invited, and is approved and confirmed; one comes back and is sent again, one is turned away."""
    clock = province.clock
    lots = "lottery" in province.policy.scoring.tie_chain
    clock.into(min(province.windows("registration", round_key), key=lambda window: window.closes))
    if lots:
        deciding.commit_to_lots(province, round_key)
    groups: dict[datetime, list[Figure]] = {}
    for one in sorted(people, key=lambda one: province.window("registration", one, round_key).opens):
        groups.setdefault(province.window("registration", one, round_key).opens, []).append(one)
    rule = province.policy.invitations
    for group in groups.values():
        for one in group:
            if rule and rule.round == round_key and one is people[-1]:
                clock.into(province.window("invitation", one, round_key))
                deciding.invite(province, one.base, one)
                filing.accept_invitation(one)
                continue
            clock.into(province.window("registration", one, round_key))
            if one.number:
                one.base = province.bases[-1]
                one.receipts.clear()
            else:
                come(province, one)
                filing.fill_in(one)
                if one is listing.forgotten(province):
                    listing.ask(province, one)
            filing.choose(province, one)
            hand_in(province, one)
        if province.outsider.base is not None and not province.outsider.reader.read:
            filing.register(province.outsider)
            filing.fill_in(province.outsider)
            filing.turned_away(province, province.outsider)
        if not province.on_site and group[0] is province.people[0]:
            clock.into(province.window("registration", group[0], round_key))
            filing.think_again(group[0])
        for one in group:
            review(province, round_key, one, returned=one is group[-1])
        for one in group:
            clock.into(province.window("confirmation", one, round_key))
            deciding.confirm(province.crew(one.base)[0], one)
    filed = Application.objects.filter(notice=province.notice, round=round_key, submitted_at__isnull=False)
    assert {row.number: row.state for row in filed} == dict.fromkeys((one.number for one in people), "approved")
    clock.to(max(window.closes for window in province.windows("registration", round_key)))
    follow_deadlines()
    if lots:
        deciding.draw_lots(province, round_key)


def come(province: Province, figure: Figure) -> None:
    """An account: one's own doing, or at the counter for whoever comes there without one."""
    if province.on_site and figure is not province.people[0]:
        standing.open_account(province, figure)
    else:
        filing.register(figure)


def hand_in(province: Province, figure: Figure) -> None:
    """Filed by oneself, or by the staff at the counter."""
    if province.on_site:
        standing.record(province, figure)
    else:
        filing.file(figure)


def review(province: Province, round_key: str, figure: Figure, *, returned: bool) -> None:
    """Approved; where there is still time to send it again, one comes back first."""
    clock, editor = province.clock, province.crew(figure.base)[0]
    clock.into(province.window("review", figure, round_key))
    if returned and province.window("registration", figure, round_key).is_open(clock.now):
        deciding.send_back(editor, figure)
        clock.into(province.window("registration", figure, round_key))
        filing.sent_back(figure, deciding.WORDS)
        hand_in(province, figure)
        clock.into(province.window("review", figure, round_key))
    deciding.approve(editor, figure)


def assess(province: Province, round_key: str, people: Sequence[Figure]) -> None:
    """Marks by two people of each base, then the admission by two."""
    clock = province.clock
    for base in at_bases(province, people):
        sitting = [one for one in people if one.base == base and province.window("assessment", one, round_key)]
        if sitting:
            clock.into(province.window("assessment", round=round_key))
            deciding.mark(province, base, sitting)
    for base in at_bases(province, people):
        clock.into(province.window("base_admission", round=round_key))
        deciding.admit(province, base)


def publish(province: Province, round_key: str, people: Sequence[Figure]) -> None:
    """The lists are public; after their days, without an objection, whoever is on one is admitted. Who is one too many, or says nothing where
    an answer is asked, is told so."""
    clock, rule = province.clock, province.policy.acceptance
    late = province.people[1] if round_key == province.rounds[0] else None
    silent = province.people[-1] if rule and round_key == province.rounds[0] else None
    clock.into(province.window("publicity", round=round_key))
    follow_deadlines()
    for base in at_bases(province, people):
        here = [one for one in people if one.base == base]
        deciding.show(
            province, base, round_key, [one for one in here if one is not late], [one for one in here if one is late]
        )
    if late is not None:
        late.reader.go("录取结果")
        late.reader.sees("已公布的录取名单中没有您")
    for one in people if rule else ():
        if one not in (late, silent):
            clock.into(province.window("acceptance", one, round_key))
            filing.accept_place(one)
    over = [window.closes for window in province.windows("acceptance", round_key)]
    clock.to(max([Publicity.objects.latest("closes_at").closes_at, *over]) + SETTLED)
    follow_deadlines()
    for one in people:
        filing.look_up(province, one, round_key)
        if one is silent and rule.silent == "not_admitted":
            one.reader.sees("逾期未确认")
        elif one is not late:
            one.place, one.round = one.base, round_key
            one.reader.sees("已录取")


def reallocate(province: Province, round_key: str) -> None:
    """Whoever agreed to go elsewhere is placed where a seat is left, on public show and admitted; where the notice has no reallocation, nothing is offered."""
    policy, late = province.policy, province.people[1]
    window = policy.window("reallocation", round=round_key)
    if not policy.reallocation.enabled or window is None:
        return
    province.clock.into(window)
    deciding.reallocate(province)
    late.reader.go("录取结果")
    if "province" not in late.consents or len(province.bases) == 1:
        late.reader.sees("已公布的录取名单中没有您")
        return
    late.reader.sees("拟录取", "调剂")
    province.clock.to(Publicity.objects.latest("closes_at").closes_at)
    follow_deadlines()
    late.place, late.round = province.bases[-1], round_key
    late.reader.go("录取结果")
    late.reader.sees("已录取", late.place.name)


def report_in(province: Province) -> None:
    """Everybody with a place comes; the rosters name them in the notice's columns."""
    placed = [one for one in province.people if one.place is not None]
    for one in sorted(placed, key=lambda one: province.window("report_in", one, one.round).opens):
        province.clock.into(province.window("report_in", one, one.round))
        deciding.receive(province, one.place, one)
        one.reader.go("录取结果")
        one.reader.sees("已报到", one.place.name)
    deciding.rosters(province, placed)
    held = Offer.objects.filter(notice=province.notice, state__in=ACTIVE_OFFER_STATES).select_related(
        "application", "quota__base"
    )
    assert {row.application.number: (row.state, row.quota.base) for row in held} == {
        one.number: ("reported_in", one.place) for one in placed
    }
    assert all(
        sum(one.counted for one in quota.offers.filter(state="reported_in")) == quota.taken
        for quota in Quota.objects.all()
    )


def foreign_sentences(province: Province) -> list[str]:
    """What somebody has read on any page, and only notices of other provinces say."""
    foreign = {line for path in FILES if load(path).province != province.policy.province for line in sentences(path)}
    read = "\n".join(text for reader in province.readers for text in reader.read.values())
    assert province.policy.title in read
    own = "\n".join(sentences(province.path))
    return sorted(line for line in foreign if line in read and line not in own)


def sentences(path: Path) -> set[str]:
    """Everything of some length that a notice says in its own words; names of specialties are everybody's."""
    said: set[str] = set()
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    tables.pop("specialties")
    waiting: list[Any] = [tables]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            said |= {plain(part) for part in re.split(r"\{\w+\}|\n", value)}
    return {line for line in said if len(line) >= SENTENCE and re.search("[一-龥]", line)}


def at_bases(province: Province, people: Sequence[Figure]) -> list[TrainingBase]:
    return [base for base in province.bases if any(one.base == base for one in people)]
