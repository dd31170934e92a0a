"""Tags and filters of the face. `docs/face.md` shows each in use.

Pictures are tables with bars or inline SVG with attributes only: the content security policy allows no inline style.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from gme_portal import wording
from gme_portal.printing.fonts import missing_glyphs

register = template.Library()

TONES = ("neutral", "info", "ok", "warn", "bad")
ASKING = (
    (forms.FileInput, "请上传"),
    (forms.CheckboxInput, "请勾选："),
    (forms.widgets.ChoiceWidget, "请选择"),
)
NOTICE_ICONS = {"info": "info", "ok": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}


# Words. A name missing in a template arrives as "", which says nothing, like None.


def _known(value: Any) -> Any:
    return None if value == "" else value


@register.filter
def beijing(moment: datetime | date | None, style: str = "full") -> str:
    return wording.beijing(moment, style) if moment else wording.NOTHING


@register.filter
def mark(hundredths: int | None) -> str:
    return wording.mark(_known(hundredths))


@register.filter
def percent(ratio: float | None) -> str:
    return wording.percent(_known(ratio))


@register.filter
def kilobytes(size: int | None) -> str:
    return wording.kilobytes(_known(size))


@register.filter
def thousands(number: int | None) -> str:
    return wording.NOTHING if _known(number) is None else f"{number:,}"


@register.simple_tag
def countdown(until: datetime | None, now: datetime | None, over: str = "已截止") -> SafeString | str:
    """Time left until `until`, ticking in the browser by the server's clock. Says `over` when it has passed."""
    if not until or not now:
        return ""
    left = until - now
    text = f"还有 {wording.span(left)}" if left.total_seconds() > 0 else over
    urgent = " urgent" if 0 < left.total_seconds() < 86400 else ""
    return format_html(
        '<time class="countdown{}" datetime="{}" data-countdown data-over="{}" title="{}">{}</time>',
        urgent,
        until.isoformat(),
        over,
        wording.beijing(until),
        text,
    )


@register.inclusion_tag("components/rare_note.html")
def rare_note(name: str) -> dict[str, Any]:
    """Says so when a name has characters that no font of ours draws (生僻字): better a sentence than a silent box.
    Everything up to U+FFFF is drawn, so the fonts are opened for rare names only."""
    beyond = "".join(char for char in name if ord(char) > 0xFFFF)
    return {
        "characters": [{"sign": char, "point": f"U+{ord(char):04X}"} for char in missing_glyphs(beyond)]
        if beyond
        else []
    }


# Small parts


@lru_cache(maxsize=512)
def _icon(name: str, size: int) -> SafeString:
    svg = lucide(name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})
    return mark_safe(" ".join(svg.split()))


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """An inline lucide icon, hidden from screen readers: the words beside it say what it means."""
    return _icon(name, size)


@register.simple_tag
def badge(text: str, tone: str = "neutral") -> SafeString:
    """A state in a word. The dot and the colour only repeat what the word says."""
    return format_html('<span class="badge {}">{}</span>', tone if tone in TONES else "neutral", text)


@register.simple_tag(takes_context=True)
def query_replace(context: template.Context, **changes: Any) -> str:
    """The current address's query string with changes; None or "" removes a key. Starts with "?"."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.simple_tag
def field_errors(field: BoundField) -> list[str]:
    """What is wrong with a field, as sentences that say what to do; Django's own 必填 is said by kind of field."""
    unsaid = str(forms.Field.default_error_messages["required"])
    sentences: list[str] = []
    for error in field.errors.as_data():
        if error.code == "required" and str(error.message) == unsaid:
            verb = next((verb for kind, verb in ASKING if isinstance(field.field.widget, kind)), "请填写")
            sentences.append(f"{verb}{field.label}")
        else:
            sentences += error.messages
    return sentences


@register.simple_tag
def error_lines(form: Any = None, forms: Any = None, errors: Any = None) -> list[dict[str, str]]:
    """Every error of the given forms, each with the address of its field, then the other refusals."""
    lines: list[dict[str, str]] = []
    for each in [*([form] if form else []), *(forms or [])]:
        for name, refused in each.errors.as_data().items():
            if name not in each.fields:
                lines += [{"text": message, "href": ""} for error in refused for message in error.messages]
                continue
            field = each[name]
            target = f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label
            for sentence in field_errors(field):
                named = sentence if field.label in sentence else f"{field.label}：{sentence}"
                lines.append({"text": named, "href": f"#{target}"})
    return [*lines, *(errors or [])]


@register.simple_tag
def pager_numbers(page: Any) -> list[int | None]:
    """Page numbers to offer: the ends and two either side of the current one; None is a gap."""
    last = page.paginator.num_pages
    near = [n for n in range(1, last + 1) if n in (1, last) or abs(n - page.number) <= 2]
    shown: list[int | None] = []
    for number in near:
        if shown and shown[-1] and number > shown[-1] + 1:
            shown.append(None)
        shown.append(number)
    return shown


@register.filter
def pair(left: Iterable[Any], right: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Columns with their cells; a missing or surplus cell is a programming error."""
    return list(zip(left, right, strict=True))


# Parts with a body


@register.simple_block_tag
def card(
    content: SafeString, title: str = "", *, note: str = "", id: str = "", tone: str = "", level: int = 2
) -> SafeString:
    head: str = ""
    if title:
        head = format_html(
            '<header class="card-head"><h{}>{}</h{}>{}</header>',
            level,
            title,
            level,
            format_html('<p class="card-note">{}</p>', note) if note else "",
        )
    place = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="card{}"{}>{}{}</section>', f" {tone}" if tone else "", place, head, content)


@register.simple_block_tag
def notice(content: SafeString, tone: str = "info", *, title: str = "", clause: str = "") -> SafeString:
    """A message that stays on the page, with the clause of the notice (通知条款) it rests on."""
    tone = tone if tone in NOTICE_ICONS else "info"
    return format_html(
        '<div class="notice {}"{}>{}<div class="notice-body">{}{}{}</div></div>',
        tone,
        mark_safe(' role="alert"') if tone == "bad" else "",
        _icon(NOTICE_ICONS[tone], 20),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
        format_html('<p class="clause">依据：{}</p>', clause) if clause else "",
    )


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """A box that scrolls sideways by itself, reachable by keyboard, so that the page never does."""
    return format_html('<div class="scroll" role="group" aria-label="{}" tabindex="0">{}</div>', label, content)


@register.simple_block_tag
def dialog(
    content: SafeString, id: str, title: str, *, confirm: str = "", danger: bool = False, cancel: str = "取消"
) -> str:
    """A modal dialog. With `confirm` it has a button that sends the form carrying `data-confirm="id"`."""
    return render_to_string(
        "components/dialog.html",
        {"content": content, "id": id, "title": title, "confirm": confirm, "danger": danger, "cancel": cancel},
    )


# Pictures


def _share(value: float, top: float) -> str:
    return f"{max(0.0, min(100.0, value / top * 100 if top else 0.0)):.2f}"


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(rows: Iterable[Mapping[str, Any]], caption: str = "", unit: str = "") -> dict[str, Any]:
    """Horizontal bars as a table, so that the numbers are readable without the picture. A row's `of` is what its full bar means; without it
    the largest value is."""
    listed = list(rows)
    top = max((row["value"] or 0 for row in listed), default=0)
    shaped = [
        {
            **row,
            "share": _share(row["value"] or 0, row.get("of", top)),
            "shown": row.get("text") or thousands(row["value"]),
        }
        for row in listed
    ]
    return {"rows": shaped, "caption": caption, "unit": unit, "funnel": False}


@register.inclusion_tag("components/bar_chart.html")
def funnel(rows: Iterable[Mapping[str, Any]], caption: str = "", unit: str = "") -> dict[str, Any]:
    """Bars of steps that follow each other, each with its share of the step before."""
    context = bar_chart(rows, caption, unit)
    before: int | None = None
    for row in context["rows"]:
        row["kept"] = wording.percent(row["value"] / before) if before else ""
        before = row["value"]
    return {**context, "funnel": True}


@register.inclusion_tag("components/paired_bars.html")
def paired_bars(
    rows: Iterable[Mapping[str, Any]], caption: str = "", older: str = "", newer: str = ""
) -> dict[str, Any]:
    """Two bars a row, one figure then and now: rows [{label, before, after, of, before_text, after_text}]; `of` is what a full bar means."""
    shaped = [
        {**row, "share": _share(row["before"], row["of"]), "new_share": _share(row["after"], row["of"])} for row in rows
    ]
    return {"rows": shaped, "caption": caption, "older": older, "newer": newer}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float], label: str = "", unit: str = "") -> dict[str, Any]:
    """A small line without axes; its name says first, last, lowest and highest value."""
    width, height = 120, 28
    low, high = (min(values), max(values)) if values else (0, 0)
    reach = (high - low) or 1
    step = (width - 6) / max(1, len(values) - 1)
    points = [(3 + i * step, height - 3 - (v - low) / reach * (height - 6)) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    name = (
        f"{label}：共 {len(values)} 点，最低 {low:g}{unit}，最高 {high:g}{unit}，最近 {values[-1]:g}{unit}"
        if values
        else f"{label}：暂无数据"
    )
    last = {"x": f"{points[-1][0]:.1f}", "y": f"{points[-1][1]:.1f}"} if points else None
    return {
        "line": line,
        "area": f"3,{height} {line} {width - 3},{height}",
        "last": last,
        "name": name,
        "width": width,
        "height": height,
    }


@register.inclusion_tag("components/day_chart.html")
def day_chart(days: Sequence[tuple[date, int]], caption: str) -> dict[str, Any]:
    """A column a day with its number above; the same figures stand in a table for who does not see the picture."""
    column, height, top = 30, 110, max((count for _, count in days), default=0) or 1
    columns = []
    for place, (day, count) in enumerate(days):
        tall = round(count / top * (height - 34))
        x = place * column
        columns.append(
            {
                "day": day,
                "count": count,
                "x": x + 4,
                "mid": x + column / 2,
                "y": height - 16 - tall,
                "tall": tall,
                "above": height - 20 - tall,
            }
        )
    return {"columns": columns, "width": column * len(days), "height": height, "bar": column - 8, "caption": caption}


@register.inclusion_tag("components/progress.html")
def meter_bar(value: float, top: float, label: str = "") -> dict[str, Any]:
    ratio = value / top if top else None
    return {"label": label, "value": value, "max": top, "text": f"{value} / {top}（{wording.percent(ratio)}）"}


@register.filter
def fill_ratio(cell: Any) -> float | None:
    """Share of seats taken in a plan cell (mapping or object with `taken`, `seats`); None without seats."""
    if not cell:
        return None
    taken, seats = (cell["taken"], cell["seats"]) if isinstance(cell, Mapping) else (cell.taken, cell.seats)
    return taken / seats if seats else None


@register.simple_tag
def heat_level(ratio: float | None) -> str:
    """The class of a heat cell: heat-none, heat-0 … heat-5 (full), heat-over."""
    if ratio is None:
        return "heat-none"
    if ratio > 1:
        return "heat-over"
    return f"heat-{5 if ratio == 1 else 0 if ratio <= 0 else 1 + int(ratio * 4)}"
