"""From a policy file to a `Policy`, all or nothing: one problem anywhere and nothing is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gme_portal.policy import groups, optional_groups, people
from gme_portal.policy.calendar import read_windows
from gme_portal.policy.checks import check
from gme_portal.policy.citing import Citing, read_sources
from gme_portal.policy.digests import digest, parse_toml
from gme_portal.policy.errors import PolicyError, Problem
from gme_portal.policy.lines import line_of, map_lines
from gme_portal.policy.model import Policy
from gme_portal.policy.reading import Reader
from gme_portal.policy.shapes import PROVINCE, SLUG
from gme_portal.policy.vocabulary import PERSON_TYPES

SCHEMA = 1


def load(path: str | Path) -> Policy:
    """Read a policy file. Raises PolicyError with every problem, OSError where it cannot be opened."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError(path.name, [Problem("", "文件不是 UTF-8 编码，请另存为 UTF-8")]) from error
    policy = loads(text, path.name)
    if path.stem != policy.id:
        raise PolicyError(
            path.name, [Problem("id", f"“{policy.id}”与文件名“{path.stem}”不一致", line_of("id", map_lines(text)))]
        )
    return policy


def loads(text: str, source: str) -> Policy:
    """Read a policy from its text; `source` names it in messages. Raises PolicyError with every problem, each with its line."""
    problems: list[Problem] = []
    policy = _read(Reader(parse_toml(text, source), "", problems), digest(text))
    check(policy, problems)
    if problems:
        lines = map_lines(text)
        placed = (replace(problem, line=line_of(problem.path, lines)) for problem in problems)
        raise PolicyError(source, sorted(set(placed), key=lambda problem: (problem.line or 0, problem.path)))
    return policy


def _read(root: Reader, file_digest: str) -> Policy:
    if root.integer("schema", 1, 9999) != SCHEMA:
        root.blame("schema", f"本程序只读版本 {SCHEMA}")
    citing = Citing(read_sources(root))
    person_types = people.read_person_types(root, citing)
    types = tuple(kind.code for kind in person_types) or tuple(PERSON_TYPES)
    rounds = people.read_rounds(root, citing)
    round_keys = tuple(one.key for one in rounds)
    specialties = groups.read_specialties(root, citing)
    policy = Policy(
        id=root.text("id", shape=SLUG),
        title=root.text("title"),
        year=root.integer("year", 2014, 2100),
        province=root.text("province", shape=PROVINCE),
        track=root.text("track", allowed=("residency", "assistant_gp")),  # type: ignore[arg-type]
        medicine=root.text("medicine", allowed=("western", "tcm", "both")),  # type: ignore[arg-type]
        organiser=root.text("organiser"),
        source=next((one.name for one in citing.sources if one.own), ""),
        sources=citing.sources,
        rounds=rounds,
        person_types=person_types,
        windows=read_windows(root, citing, types, round_keys),
        registration=people.read_registration(root, citing),
        choices=people.read_choices(root, citing, types),
        transfer=people.read_transfer(root, citing, types),
        specialties=specialties,
        documents=people.read_documents(root, citing, specialties.codes),
        photo=groups.read_photo(root, citing),
        password=groups.read_password(root, citing),
        identity=groups.read_identity(root, citing),
        eligibility=people.read_eligibility(root, citing, specialties.codes, round_keys),
        scoring=groups.read_scoring(root, citing),
        medical_exam=optional_groups.read_medical_exam(root, citing),
        plan=optional_groups.read_plan(root, citing),
        quota_moves=groups.read_quota_moves(root, citing),
        publicity=groups.read_publicity(root, citing),
        acceptance=optional_groups.read_acceptance(root, citing),
        invitations=optional_groups.read_invitations(root, citing, round_keys),
        reallocation=groups.read_reallocation(root, citing, types),
        report_in=groups.read_report_in(root, citing),
        year_reduction=people.read_year_reduction(root, citing, specialties.codes, round_keys),
        brochure=optional_groups.read_brochure(root, citing),
        bans=groups.read_bans(root, citing),
        roster=groups.read_roster(root, citing),
        contact=groups.read_contact(root, citing),
        form=groups.read_form(root, citing, types),
        papers=optional_groups.read_papers(root, citing),
        silences=optional_groups.read_silences(root),
        digest=file_digest,
    )
    root.done()
    return policy
