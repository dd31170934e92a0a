"""The answers of the brochure form (招生简章) as the text the loader reads, and a brochure as the form's first answers.

What a brochure says and nobody changed leaves as it came: its clauses, notes, sources, further examinations and papers. A changed row keeps of
the old one what the form does not ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import tomli_w

from gme_portal.policy import Supplement
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.supplement import SCHEMA

if TYPE_CHECKING:
    from admissions.forms.brochure import BrochureForm

SOURCE = "简章"
Row = dict[str, Any]
_NOON, _MIDNIGHT = time(12), time(0)


def text_of(form: BrochureForm) -> str:
    """The brochure as TOML: the kept tables with everything the form changed in them."""
    given = form.cleaned_data
    tables: Row = {
        "schema": SCHEMA,
        "policy": form.policy.id,
        "base": form.base.code,
        "base_name": form.base.name,
        "sources": [{"key": SOURCE, "name": given["title"], "own": True}],
        **form.kept,
        "title": given["title"],
    }
    for name, prefix, table in (
        ("weights", "weight-", _weights),
        ("exams", "exam-", _exams),
        ("slots", "slot", _slots),
        ("medical_exam", "medical_", _medical_exam),
        ("contact", "contact_", _contact),
        ("papers", "paper-", _papers),
        ("facts", "facts", _facts),
    ):
        if any(field.startswith(prefix) for field in form.changed_data):
            tables[name] = table(form)
    tables = {name: value for name, value in tables.items() if value or name == "sources"}
    tables["sources"] = [one | {"name": given["title"]} if one["key"] == SOURCE else one for one in tables["sources"]]
    return tomli_w.dumps(tables)


def _cited(form: BrochureForm, section: str) -> Row:
    """A new row stands in the brochure itself."""
    own = next((one["key"] for one in form.kept.get("sources", ()) if one["own"]), SOURCE)
    return {"clause": f"{own} {section}"}


def _weights(form: BrochureForm) -> Row:
    found = {field.name.partition("-")[2]: form.cleaned_data.get(field.name) for field in form.weights}
    if not any(found.values()):
        return {}
    return _cited(form, "考核权重") | form.kept.get("weights", {}) | {key: value or 0 for key, value in found.items()}


def _exams(form: BrochureForm) -> list[Row]:
    rows: list[Row] = []
    for part in form.policy.scoring.components:
        held = [row for row in form.kept.get("exams", ()) if row["component"] == part.key]
        if not any(name.startswith(f"exam-{part.key}-") for name in form.changed_data):
            rows += held
            continue
        on, begins, ends, until, place = (
            form.cleaned_data[f"exam-{part.key}-{edge}"] for edge in ("on", "from", "to", "until", "place")
        )
        if on:
            span = {"opens": f"{on:%Y-%m-%d} {begins:%H:%M}", "closes": f"{until or on:%Y-%m-%d} {_end(ends)}"}
            first = _cited(form, "考核时间") | (held[0] if held else {"component": part.key}) | span
            rows.append({name: value for name, value in (first | {"place": place}).items() if value})
        rows += held[1:]
    return rows


def _end(moment: time) -> str:
    """A day ends at 24:00."""
    return "24:00" if moment == _MIDNIGHT else f"{moment:%H:%M}"


def _slots(form: BrochureForm) -> list[Row]:
    rows: list[Row] = []
    held = form.kept.get("slots", ())
    place = form.cleaned_data["slot_place"]
    for number in range(form.slot_rows):
        before = held[number] if number < len(held) else {}
        on = form.cleaned_data[f"slot-{number}-on"]
        if not on:
            continue
        row = dict(before)
        if not before or any(name.startswith(f"slot-{number}-") for name in form.changed_data):
            capacity = form.cleaned_data[f"slot-{number}-capacity"] or 0
            row |= {"on": f"{on:%Y-%m-%d}", "hours": _hours(form, number, before), "capacity": capacity}
        if not before or "slot_place" in form.changed_data:
            row["place"] = place
        rows.append(
            {name: value for name, value in (_cited(form, "现场确认") | row).items() if value or name == "capacity"}
        )
    return rows


def _hours(form: BrochureForm, number: int, before: Mapping[str, Any]) -> list[str]:
    """Morning and afternoon as typed, and what the day had beside them."""
    spans = []
    for half in ("morning", "afternoon"):
        begins, ends = (form.cleaned_data[f"slot-{number}-{half}-{edge}"] for edge in ("from", "to"))
        if begins and ends:
            spans.append(f"{begins:%H:%M}-{_end(ends)}")
    seen, more = set(), []
    for span in before.get("hours", ()):
        half = "morning" if span < f"{_NOON:%H:%M}" else "afternoon"
        if half in seen:
            more.append(span)
        seen.add(half)
    return sorted([*spans, *more])


def _medical_exam(form: BrochureForm) -> Row:
    given, held = form.cleaned_data, dict(form.kept.get("medical_exam", {}))
    if not given["medical_need"]:
        return {}
    if "medical_until" in form.changed_data:
        held["until"] = f"{given['medical_until']:%Y-%m-%d} 24:00" if given["medical_until"] else ""
    said = {"need": given["medical_need"], "standard": given["medical_standard"]}
    return {name: value for name, value in (_cited(form, "体检") | held | said).items() if value}


def _contact(form: BrochureForm) -> Row:
    if not form.cleaned_data["contact_phone"]:
        return {}
    said = {name: form.cleaned_data[f"contact_{name}"] for name in ("phone", "email", "address")}
    return {
        name: value for name, value in (_cited(form, "咨询") | form.kept.get("contact", {}) | said).items() if value
    }


def _papers(form: BrochureForm) -> list[Row]:
    """A row without anything in it is taken out; a new one gets a key after its kind."""
    rows: list[Row] = []
    held = form.kept.get("papers", ())
    keys = {row["key"] for row in held}
    for number in range(form.paper_rows):
        title, kind, body = (form.cleaned_data[f"paper-{number}-{part}"] for part in ("title", "kind", "body"))
        before = held[number] if number < len(held) else {}
        if not any(name.startswith(f"paper-{number}-") for name in form.changed_data):
            rows += [before] if before else []
        elif title:
            key = before.get("key") or _free(kind.replace("_", "-"), keys)
            keys.add(key)
            rows.append(_cited(form, "附件") | before | {"key": key, "title": title, "kind": kind, "body": body})
    return rows


def _free(wanted: str, taken: set[str]) -> str:
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _facts(form: BrochureForm) -> list[Row]:
    held = {_fact_line(row["topic"], row["note"]): row for row in form.kept.get("facts", ())}
    lines = [line.strip() for line in form.cleaned_data["facts"].splitlines() if line.strip()]
    return [held.get(line) or dict(zip(("topic", "note"), split_fact(line), strict=True)) for line in lines]


def _fact_line(topic: str, note: str) -> str:
    return " ".join(f"{topic}：{note}".split())


def split_fact(line: str) -> tuple[str, str]:
    """“主题：说明” in its two parts."""
    topic, _, note = line.replace(":", "：", 1).partition("：")
    return topic.strip(), note.strip()


def initial_of(supplement: Supplement) -> dict[str, Any]:
    """A brochure as initial values of the form; of several examinations in one component the first."""
    said: dict[str, Any] = {"title": supplement.title}
    if supplement.weights is not None:
        said |= {f"weight-{key}": weight for key, weight in supplement.weights.by_component.items()}
    for exam in reversed(supplement.exams):
        opens, closes, last = _local(exam.opens), _local(exam.closes), _last_day(exam.closes)
        said |= {
            f"exam-{exam.component}-on": opens.date(),
            f"exam-{exam.component}-from": opens.time(),
            f"exam-{exam.component}-to": closes.time(),
            f"exam-{exam.component}-until": last if last != opens.date() else None,
            f"exam-{exam.component}-place": exam.place,
        }
    if supplement.slots:
        said["slot_place"] = supplement.slots[0].place
    for row, slot in enumerate(supplement.slots):
        said |= {f"slot-{row}-on": slot.on, f"slot-{row}-capacity": slot.capacity or None}
        for begins, ends in reversed(slot.hours):
            part = "morning" if begins < _NOON else "afternoon"
            said |= {f"slot-{row}-{part}-from": begins, f"slot-{row}-{part}-to": ends}
    if supplement.medical_exam is not None:
        until = supplement.medical_exam.until
        said |= {
            "medical_need": supplement.medical_exam.need,
            "medical_standard": supplement.medical_exam.standard,
            "medical_until": _last_day(until) if until else None,
        }
    if supplement.contact is not None:
        contact = supplement.contact
        said |= {"contact_phone": contact.phone, "contact_email": contact.email, "contact_address": contact.address}
    for row, paper in enumerate(supplement.papers):
        said |= {
            f"paper-{row}-title": paper.title,
            f"paper-{row}-kind": paper.kind,
            f"paper-{row}-body": paper.body.strip(),
        }
    said["facts"] = "\n".join(_fact_line(fact.topic, fact.note) for fact in supplement.facts)
    return said


def _last_day(until: datetime) -> date:
    """ "24:00" of a day is the first instant of the next."""
    return _local(until - datetime.resolution).date()


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)
