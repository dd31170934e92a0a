"""Reading notices: the version in force and its policy; and the working days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings

from gme_portal.notices.models import (
    CalendarDay,
    CalendarYear,
    Notice,
    NoticeProposal,
    NoticeVersion,
    WindowExtension,
)
from gme_portal.policy import Policy, PolicyError, digest, loads
from gme_portal.policy.arrangement import ArrangedDay
from gme_portal.policy.diff import diff
from gme_portal.policy.digests import parse_toml
from gme_portal.policy.extensions import Extension, extend
from gme_portal.policy.passwords import Demands, strictest
from gme_portal.policy.working_days import WorkingCalendar


@lru_cache(maxsize=32)
def _parsed(text_digest: str, source: str) -> Policy:
    return loads(source, text_digest)


@lru_cache(maxsize=32)
def _extended(text_digest: str, source: str, extensions: tuple[Extension, ...]) -> Policy:
    return extend(_parsed(text_digest, source), extensions)


def version_in_force(notice: Notice) -> NoticeVersion:
    """The newest adopted version. Raises NoticeVersion.DoesNotExist for a notice without one."""
    return notice.versions.latest("number")


def last_version(slug: str) -> NoticeVersion | None:
    """The version in force of the notice of this name; None where there is none yet."""
    return NoticeVersion.objects.select_related("notice").filter(notice__slug=slug).order_by("-number").first()


def policy_of(version: NoticeVersion) -> Policy:
    """The policy of a version: its text with the windows as extended up to then (延长). Parsed once per process; one query from the second version on."""
    return _policy(version, extensions_of(version))


def _policy(version: NoticeVersion, extensions: tuple[Extension, ...]) -> Policy:
    if not extensions:
        return _parsed(version.digest, version.source)
    return _extended(version.digest, version.source, extensions)


def extensions_of(version: NoticeVersion) -> tuple[Extension, ...]:
    """The extensions in force with a version, oldest first."""
    if version.number == 1:
        return ()
    rows = WindowExtension.objects.filter(version__notice=version.notice_id, version__number__lte=version.number)
    return _laid_over(rows.order_by("version__number"))


def _laid_over(rows: Iterable[WindowExtension]) -> tuple[Extension, ...]:
    return tuple(
        Extension(row.window_key, row.round, tuple(row.person_types), row.closes, row.base_code) for row in rows
    )


def in_force() -> list[tuple[NoticeVersion, Policy]]:
    """The version in force of every notice of the house with its policy, the newest year first. Two queries, however many notices."""
    versions = NoticeVersion.objects.order_by("notice_id", "-number").distinct("notice_id")
    rows = WindowExtension.objects.filter(version__isnull=False).order_by("version__number")
    extensions: dict[int, list[WindowExtension]] = defaultdict(list)
    for row in rows:
        extensions[row.notice_id].append(row)
    found = versions.select_related("notice", "author", "approver")
    whole = [(version, _policy(version, _laid_over(extensions[version.notice_id]))) for version in found]
    return sorted(whole, key=lambda one: (-one[0].notice.year, one[0].notice.slug))


def password_demands(at: datetime, slug: str = "") -> Demands | None:
    """What an applicant's password must be like: by the notice of that name, from whose page somebody registers; else, because an account is of
    the whole house, the strictest of all notices that are not over. None where no notice says anything. Two queries."""
    whole = in_force()
    policies = [policy for version, policy in whole if version.notice.slug == slug] or [
        policy for version, policy in whole if version.notice.is_open and not is_over(policy, at)
    ]
    said = [(policy, policy.password) for policy in policies if policy.password.clause]
    return strictest([replace(rule, clause=policy.cite(rule.clause)) for policy, rule in said])


def is_over(policy: Policy, at: datetime) -> bool:
    """Whether every window of a notice has closed."""
    return all(window.closes <= at for window in policy.windows)


def shipped() -> Mapping[str, str]:
    """The policy files that came with the platform, to begin a text with: policy id → text."""
    folder = settings.BASE_DIR / "fixtures" / "policies"
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}


def extended(policy: Policy, last: NoticeVersion) -> Policy:
    """Another text under the extensions in force with `last`: an amendment does not take them back."""
    return extend(policy, extensions_of(last))


def read_text(source: str) -> tuple[str, str]:
    """(title, digest) of a text that may be broken; both "" where it is not even TOML."""
    try:
        title = parse_toml(source, "").get("title", "")
    except PolicyError:
        return "", ""
    return (title if isinstance(title, str) else ""), digest(source)


def proposed_policy(proposal: NoticeProposal) -> Policy:
    """The policy of a proposal's text, without extensions. Raises PolicyError with every problem, named by file, key and line."""
    return loads(proposal.source, proposal.file_name)


def changes(last: NoticeVersion | None, policy: Policy) -> list[dict[str, str]]:
    """What a new text changes against the text in force: [{section, kind, what, before, after, clause, detail, sentence}]."""
    if last is None:
        return []
    return [{**asdict(one), "sentence": one.sentence} for one in diff(_parsed(last.digest, last.source), policy)]


def open_notices() -> list[Notice]:
    """Notices that people may work with, newest first."""
    return list(Notice.objects.filter(is_open=True))


def arranged_days(year: int) -> tuple[ArrangedDay, ...]:
    """The days of a year that a public holiday concerns, in order; none for a year that is not in the table."""
    rows = CalendarDay.objects.filter(year=year).values_list("day", "is_working", "name")
    return tuple(ArrangedDay(*row) for row in rows)


def working_calendar() -> WorkingCalendar:
    """Every year in the table. Two queries."""
    years: dict[int, dict[date, bool]] = {year: {} for year in CalendarYear.objects.values_list("year", flat=True)}
    for day, is_working in CalendarDay.objects.values_list("day", "is_working"):
        years[day.year][day] = is_working
    return WorkingCalendar(years)
