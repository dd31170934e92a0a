"""The public verification bundle (公开核验包): names that only their owners can compute, what is in it, and the file itself.

A person's key is HMAC-SHA256(salt, application number); their name in the bundle is the beginning of SHA256(key|application number). The salt is
random for each run and sealed: nobody else can tell a name, and no two bundles share one."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admissions.allocation import canonical
from admissions.models import AllocationRun, Application, LotteryDraw, RunKind, VerificationBundle
from admissions.queries.bundle_notes import READ_ME, risk_note
from admissions.queries.lots import as_record
from admissions.queries.run_chain import links
from admissions.queries.run_report import report
from gme_portal.notices.models import Notice
from gme_portal.wording import BEIJING, NOTHING, mark

NAME_LENGTH = 20
# Files of the archive carry one date, so that the same content is the same bytes.
DATED = (1980, 1, 1, 0, 0, 0)


def key_of(salt: str, number: str) -> str:
    """A person's own key; shown to nobody else."""
    return hmac.new(salt.encode(), number.encode(), hashlib.sha256).hexdigest()


def name_by(key: str, number: str) -> str:
    """The name in the bundle, as its owner computes it from key and application number."""
    return hashlib.sha256(f"{key}|{number}".encode()).hexdigest()[:NAME_LENGTH]


def name_of(salt: str, number: str) -> str:
    return name_by(key_of(salt, number), number)


def record_of(
    run: AllocationRun, problem: dict[str, Any], result: dict[str, Any], draw: LotteryDraw | None
) -> dict[str, Any]:
    """What stands beside input and result: where they come from, the chain, the lottery, what was checked, and how far people can be told."""
    assigned = Counter(row["specialty"] for row in run.beside["assigned"].values())
    return {
        "kind": "verification-bundle",
        "notice": run.notice.slug,
        "notice_version": run.notice_version.number,
        "policy_sha256": run.notice_version.digest,
        "round": run.round,
        "run_kind": run.kind,
        "base": run.base.name if run.base else None,
        "engine": run.engine,
        "published_at": run.published_at.astimezone(BEIJING).isoformat() if run.published_at else None,
        "public": {"problem_sha256": canonical.digest(problem), "result_sha256": canonical.digest(result)},
        "official": {"input_sha256": run.input_sha256, "output_sha256": run.output_sha256, "chain": run.chain},
        "chain": [
            {
                "made_at": link.made_at.astimezone(BEIJING).isoformat(timespec="seconds"),
                "simulation": link.is_simulation,
                "input_sha256": link.input_sha256,
                "output_sha256": link.output_sha256,
                "beside_sha256": link.beside_sha256,
                "chain": link.chain,
            }
            for link in links(run)
        ],
        "lottery": as_record(draw, revealed=True) if draw else None,
        "checked": [{"code": one.code, "what": one.label, "holds": one.holds} for one in report(run, intact=True)],
        "without_ranking": {"assigned": dict(sorted(assigned.items())), "excluded": len(run.beside["excluded"])},
        "risk": risk(run, problem, result),
    }


def risk(run: AllocationRun, problem: dict[str, Any], result: dict[str, Any]) -> dict[str, int]:
    """How many people can be told apart (重识别风险): placed ones by place and total, which the public list shows with names; and of those, of
    whom the bundle then says more than the list does; and how many unplaced ones nobody can name from what is public."""
    seats = result["assignment"]
    placed = [person for person in problem["applicants"] if seats[person["id"]] is not None]
    seen = Counter((seats[person["id"]], _total(person)) for person in placed)
    alone = [person for person in placed if seen[seats[person["id"]], _total(person)] == 1]
    more = [person for person in alone if len(person.get("choices", person.get("wishes", []))) > 1 or person["county"]]
    return {
        "people": len(problem["applicants"]),
        "placed": len(placed),
        "placed_told_by_place_and_total": len(alone),
        "of_them_with_more_than_the_list_shows": len(more),
        "unplaced": len(problem["applicants"]) - len(placed),
    }


def _total(person: dict[str, Any]) -> int:
    score: dict[str, int] = person.get("score") or next(iter(person["scores"].values()), {})
    return int(score.get("total", 0))


def archive(bundle: VerificationBundle) -> bytes:
    """The .zip: 说明.txt, problem.json, result.json, record.json and their digests. The same bundle is the same bytes, always."""
    files = {
        "problem.json": canonical.dumps(bundle.problem) + "\n",
        "result.json": canonical.dumps(bundle.result) + "\n",
        "record.json": json.dumps(bundle.record, ensure_ascii=False, indent=2, sort_keys=True) + "\n",
        "说明.txt": READ_ME.format(risk=risk_note(bundle.record)),
    }
    files["SHA256SUMS"] = "".join(f"{_sha256(text)}  {name}\n" for name, text in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, DATED), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def bundle_on_view(notice: Notice, publicity_pk: Any, *, at: datetime) -> VerificationBundle | None:
    """The bundle of a list that anybody may read now; None before its instant and after it was taken back. One query."""
    rows = VerificationBundle.objects.select_related(
        "run__notice", "run__base", "run__publicity", "run__notice_version"
    )
    return rows.filter(
        run__notice=notice, run__publicity=publicity_pk, run__state="published", run__publicity__opens_at__lte=at
    ).first()


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A person in a bundle: `key` and `name` (识别码), the row of the input and what came of it; `row` is None for who was not ranked."""

    bundle: VerificationBundle
    number: str
    key: str
    name: str
    row: dict[str, Any] | None
    seat: str


def own_rows(application: Application, at: datetime) -> list[OwnRow]:
    """The person in every public bundle that speaks of them, in order of publication. One query."""
    rows = VerificationBundle.objects.select_related("run__publicity", "run__base", "run__notice")
    shown = rows.filter(
        run__state="published", run__published_at__lte=at, run__outcomes__application=application
    ).order_by("run__published_at")
    found = []
    for bundle in shown:
        key = key_of(bundle.salt.open(), application.number)
        name = name_by(key, application.number)
        row = row_by(bundle, name)
        found.append(OwnRow(bundle, application.number, key, name, row, seat_words(bundle, name) if row else ""))
    return found


def row_by(bundle: VerificationBundle, name: str) -> dict[str, Any] | None:
    """The row of the input under a name; None where there is none."""
    return next((row for row in bundle.problem["applicants"] if row["id"] == name), None)


def seat_words(bundle: VerificationBundle, name: str) -> str:
    """Where the bundle places somebody, in words; 未录取 for nowhere."""
    seat = bundle.result["assignment"].get(name)
    if seat is None:
        return "未录取" if bundle.run.kind == RunKind.BASE_ADMISSION else "未安排"
    return words_of(bundle.problem, seat)


def row_items(problem: dict[str, Any], row: dict[str, Any]) -> list[dict[str, str]]:
    """A row of the input in words, as components/facts.html takes it."""
    wishes = row.get("choices", row.get("wishes", []))
    agreed = row.get("accept_adjust", row.get("consent") == "province")
    items = [
        {"label": "总成绩", "value": mark(_total(row))},
        {
            "label": "志愿",
            "value": "；".join(f"{n} {words_of(problem, one)}" for n, one in enumerate(wishes, 1)) or NOTHING,
        },
        {"label": "服从调剂", "value": "是" if agreed else "否"},
    ]
    if row["county"]:
        items.append({"label": "县级及以下", "value": "是"})
    return items


def words_of(problem: dict[str, Any], seat: str) -> str:
    """A seat of the input as people call it."""
    named = {row["id"]: f"{row['base']} {row['specialty']}" for row in problem.get("programmes", [])}
    return named.get(seat, seat)
