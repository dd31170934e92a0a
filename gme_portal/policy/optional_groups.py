"""Reading the groups a notice may leave out: a group that is absent must be named by a silence, so that it is said and not forgotten."""

from __future__ import annotations

from gme_portal.policy import schema
from gme_portal.policy.citing import Citing, section
from gme_portal.policy.reading import Reader
from gme_portal.policy.shapes import PAPER


def read_acceptance(root: Reader, citing: Citing) -> schema.AcceptanceRule | None:
    if not root.has("acceptance"):
        return None
    with section(root, "acceptance") as table:
        clause, note = citing.read(table)
        silent = table.text("silent", allowed=("not_admitted", "admitted"))
        return schema.AcceptanceRule(table.flag("required"), silent, clause, note)  # type: ignore[arg-type]


def read_invitations(root: Reader, citing: Citing, rounds: tuple[str, ...]) -> schema.InvitationRule | None:
    if not root.has("invitations"):
        return None
    with section(root, "invitations") as table:
        clause, note = citing.read(table)
        return schema.InvitationRule(
            table.text("round", allowed=rounds), table.integer("reply_hours", 0, 720), clause, note
        )


def read_plan(root: Reader, citing: Citing) -> schema.PlanRule | None:
    if not root.has("plan"):
        return None
    with section(root, "plan") as table:
        clause, note = citing.read(table)
        total, others_row = table.integer("total", 0, 1_000_000), table.flag("others_row", default=False)
        return schema.PlanRule(total, others_row, clause, note)


def read_medical_exam(root: Reader, citing: Citing) -> schema.MedicalExamRule | None:
    if not root.has("medical_exam"):
        return None
    with section(root, "medical_exam") as table:
        clause, note = citing.read(table)
        need = table.text("need", allowed=("required", "on_demand"))
        return schema.MedicalExamRule(need, table.text("standard", default=""), clause, note)  # type: ignore[arg-type]


def read_brochure(root: Reader, citing: Citing) -> schema.BrochureRule | None:
    if not root.has("brochure"):
        return None
    with section(root, "brochure") as table:
        clause, note = citing.read(table)
        return schema.BrochureRule(table.texts("may_decide", allowed=tuple(schema.BROCHURE_TOPICS)), clause, note)


def read_papers(root: Reader, citing: Citing) -> tuple[schema.BlankPaper, ...]:
    found: list[schema.BlankPaper] = []
    for table in root.tables("papers", required=False):
        clause, note = citing.read(table)
        key, title = table.text("key", shape=PAPER), table.text("title")
        kind, body = table.text("kind", allowed=tuple(schema.PAPER_KINDS)), table.text("body")
        if any(other.key == key for other in found):
            table.blame("key", f"表样“{key}”重复了")
        found.append(schema.BlankPaper(key, title, kind, body, clause, note))
        table.done()
    return tuple(found)


def read_silences(root: Reader) -> tuple[schema.Silence, ...]:
    """What the notice does not say. Every optional group is either there or named here, never both."""
    found: list[schema.Silence] = []
    for table in root.tables("silences", required=False):
        group = table.text("group", default="", allowed=tuple(schema.OPTIONAL_GROUPS))
        found.append(schema.Silence(table.text("topic"), table.text("note"), group))
        if group and root.has(group):
            table.blame("group", f"文件中已有 [{group}]，不能同时写通知没有规定")
        table.done()
    silent = {one.group for one in found}
    for group, label in schema.OPTIONAL_GROUPS.items():
        if not root.has(group) and group not in silent:
            root.blame(group, f'缺少{label}；通知没有规定的，请加一项 [[silences]]，写 group = "{group}"')
    return tuple(found)
