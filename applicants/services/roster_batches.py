"""Taking an import of a list back (撤销导入), whole: what it added is gone, what it changed is as it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from applicants.models import RosterBatch, RosterChange, RosterEntry
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused

NAMED = 5


def hold(batch: RosterBatch) -> RosterBatch:
    """The batch under lock, with the lists of its notice: nothing is imported meanwhile. Inside the caller's transaction."""
    Notice.objects.select_for_update(no_key=True).get(pk=batch.notice_id)
    return RosterBatch.objects.select_for_update(of=("self",)).select_related("notice", "school").get(pk=batch.pk)


def people_of(batch: RosterBatch) -> list[str]:
    """The blind indexes of everybody the batch added or changed."""
    return list(batch.changes.values_list("document_blind", flat=True))


def undo(batch: RosterBatch, *, relied_on: Collection[str], actor: User, at: datetime) -> RosterBatch:
    """Take a held batch back. `relied_on`: blind indexes of people who have filed by it, as whoever knows of applications tells.

    Raises Refused: UNDONE_ALREADY, ROSTER_IN_USE, CHANGED_SINCE_IMPORT."""
    if batch.undone_at is not None:
        raise Refused("UNDONE_ALREADY", "这次导入已经撤销。")
    entries = {
        entry.document_blind: entry
        for entry in RosterEntry.objects.filter(notice=batch.notice_id, document_blind__in=people_of(batch))
    }
    used = [entries[blind].name for blind in relied_on if blind in entries]
    if used:
        raise Refused(
            "ROSTER_IN_USE", f"不能撤销：{_some(used)}已凭这次导入的名册报名。请更正表格后重新导入，只改有误的行。"
        )
    changes = list(batch.changes.all())
    later = [change for change in changes if _is_later(entries.get(change.document_blind), batch)]
    if later:
        names = [entries[change.document_blind].name for change in later if change.document_blind in entries]
        who = _some(names) if names else f"{len(later)} 人"
        raise Refused("CHANGED_SINCE_IMPORT", f"不能撤销：{who}的名册此后又有改动。请先撤销后面的导入。")
    for change in changes:
        _restore(entries[change.document_blind], change)
    batch.undone_by, batch.undone_at = actor, at
    batch.save(update_fields=["undone_by", "undone_at"])
    detail = {"added": batch.added, "changed": batch.changed, "notice": batch.notice.slug}
    record(actor=actor, action="roster.undone", subject=batch, at=at, detail=detail)
    return batch


def _is_later(entry: RosterEntry | None, batch: RosterBatch) -> bool:
    return entry is None or entry.batch_id != batch.pk


def _restore(entry: RosterEntry, change: RosterChange) -> None:
    was = change.before
    if was is None:
        entry.delete()
        return
    entry.name, entry.person_type, entry.source = was["name"], was["person_type"], was["source"]
    entry.school_id, entry.base_id, entry.specialty_id = was["school_id"], was["base_id"], was["specialty_id"]
    entry.imported_at = datetime.fromisoformat(was["imported_at"])
    entry.batch_id = was["batch_id"] or None
    entry.save(
        update_fields=["name", "person_type", "source", "school", "base", "specialty", "imported_at", "batch"]
    )  # fmt: skip


def _some(names: list[str]) -> str:
    shown = "、".join(sorted(names)[:NAMED])
    return f"{shown}等 {len(names)} 人" if len(names) > NAMED else shown
