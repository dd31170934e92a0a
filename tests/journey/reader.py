"""A person at the pages without a browser: they follow the links they see, fill in what is labelled and press what has a button, nothing else.

Quick enough to walk a whole year under each notice. What needs a real browser (scripts, widths, keys) is in `pages`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from lxml.html import HtmlElement

# What a person does not read as text of the page.
_UNREAD = ("script", "style", "template")
_TYPED = ("text", "tel", "email", "password", "date", "number", "search")


@dataclass(frozen=True)
class Scan:
    """A file as a person has it on their disk."""

    name: str
    content: bytes
    media_type: str = "image/jpeg"


class Lost(AssertionError):
    """What a person looked for is not on the page."""


class Reader:
    """Somebody with a browser of their own, without scripts. `read` collects every sentence of every page they saw."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Client(enforce_csrf_checks=True)
        self.address, self.status = "/", 0
        self.page: HtmlElement = html.fromstring("<main></main>")
        self.read: dict[str, str] = {}

    # Going somewhere.

    def open(self, address: str) -> None:
        """Go to an address that a page showed, or to the front door."""
        self._take(self.client.get(address, follow=True))

    def follow(self, words: str, *, inside: str = "", anywhere: bool = False) -> None:
        """Click the link that begins with these words; `inside` a part with these words (a row, a card)."""
        self.open(self.link(words, inside=inside, anywhere=anywhere))

    def go(self, entry: str) -> None:
        """An entry of the bar at the top."""
        found = [one for one in self.page.iterfind(".//nav//a") if text_of(one) == entry]
        if not found:
            raise self._lost(f"no entry {entry!r} in the bar")
        self.open(urljoin(self.address, found[0].get("href")))

    def link(self, words: str, *, inside: str = "", anywhere: bool = False) -> str:
        """Where the link leads that begins with these words; links before the one that reads exactly so do not count."""
        where = self.part(inside) if inside else self.page if anywhere else self.main
        links = [one for one in where.iter("a") if text_of(one).startswith(words)]
        links.sort(key=lambda one: text_of(one) != words)
        if not links:
            raise self._lost(f"no link {words!r}")
        return urljoin(self.address, links[0].get("href"))

    def has_tab(self, words: str) -> bool:
        """Whether one of the tabs of the page reads so."""
        return any(text_of(one).startswith(words) for one in self.main.iterfind(".//nav//a"))

    def offers(self, words: str) -> bool:
        """Whether there is a link or a button that begins with these words."""
        return any(text_of(one).startswith(words) for one in self.main.iter("a", "button"))

    def fetch(self, words: str) -> bytes:
        """The file behind a link."""
        return self.file(self.link(words))

    def file(self, address: str) -> bytes:
        """What is at an address that a page shows."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    # Filling in and pressing.

    def press(
        self,
        words: str,
        answers: Mapping[str, Any] | None = None,
        *,
        known: Mapping[str, Any] | None = None,
        inside: str = "",
        refused: bool = False,
    ) -> None:
        """Press the button with exactly these words, after filling in its form.

        `answers`: label → what a person types, ticks or attaches; each has to be asked for. `known`: what a person could tell, of which the form
        takes what it asks. An answer that cannot be given is an error. With `refused` the form has to come back with its faults."""
        button = self.button(words, inside=inside)
        form = self._form_of(button)
        data = _Sheet(self, form)
        for label, answer in {**(known or {}), **(answers or {})}.items():
            if not data.give(label, answer) and label in (answers or {}):
                raise self._lost(f"nobody asks {label!r} among {data.labels()}")
        sent = data.sent(button)
        target = urljoin(self.address, button.get("formaction") or form.get("action") or "")
        target = self.address if target == "" else target
        if (form.get("method") or "get").lower() == "get":
            self._take(self.client.get(target.split("?")[0], sent, follow=True))
            return
        answer = self.client.post(target, sent, follow=True)
        self._take(answer, refused=refused)

    def button(self, words: str, *, inside: str = "") -> HtmlElement:
        where = self.part(inside) if inside else self.main
        buttons = [one for one in where.iter("button") if text_of(one) == words and one.get("type") != "button"]
        if not buttons:
            raise self._lost(f"no button {words!r}")
        return buttons[0]

    def asks(self, words: str, *, inside: str = "") -> list[str]:
        """Labels of the form with this button."""
        return _Sheet(self, self._form_of(self.button(words, inside=inside))).labels()

    def options(self, label: str, button: str) -> dict[str, bool]:
        """The options of a list or of tiles: words → whether it can be picked."""
        return _Sheet(self, self._form_of(self.button(button))).options(label)

    def _form_of(self, button: HtmlElement) -> HtmlElement:
        named = button.get("form")
        if named:
            return self.page.get_element_by_id(named)
        return next(one for one in button.iterancestors("form"))

    # Reading.

    @property
    def main(self) -> HtmlElement:
        found = self.page.find(".//main")
        return self.page if found is None else found

    @property
    def text(self) -> str:
        return text_of(self.main)

    @property
    def title(self) -> str:
        return text_of(next(self.page.iter("h1")))

    def sees(self, *words: str) -> None:
        for each in words:
            if plain(each) not in self.text:
                raise self._lost(f"does not see {each!r}")

    def sees_not(self, *words: str) -> None:
        for each in words:
            assert plain(each) not in self.text, f"{self.name} sees {each!r} at {self.address}"

    def part(self, words: str) -> HtmlElement:
        """The smallest row, card or group with these words in it."""
        parts = [
            one
            for one in self.main.iter("tr", "section", "article", "li", "fieldset", "dialog", "details", "form", "div")
            if plain(words) in text_of(one)
        ]
        if not parts:
            raise self._lost(f"no part with {words!r}")
        # Document order: what is inside comes after what is around it; the first smallest one.
        sized = [
            (len(text_of(one)), place)
            for place, one in enumerate(parts)
            if next(one.iter("a", "button"), None) is not None
        ]
        if not sized:
            raise self._lost(f"nothing to press beside {words!r}")
        return parts[min(sized)[1]]

    def rows(self) -> list[dict[str, str]]:
        """Every row of every table, header → text."""
        found = []
        for table in self.main.iter("table"):
            heads = [text_of(one) for one in table.findall("./thead/tr/th")]
            for row in table.findall("./tbody/tr"):
                cells = [text_of(one) for one in row if one.tag in ("th", "td")]
                found.append(dict(zip(heads, cells, strict=False)))
        return found

    def heads(self) -> list[list[str]]:
        return [[text_of(one) for one in table.findall("./thead/tr/th")] for table in self.main.iter("table")]

    def _take(self, answer: Any, *, refused: bool = False) -> None:
        if answer.redirect_chain:
            self.address = urljoin(self.address, answer.redirect_chain[-1][0])
        else:
            request = answer.request
            query = f"?{request['QUERY_STRING']}" if request.get("QUERY_STRING") else ""
            self.address = request["PATH_INFO"] + query
        self.status = answer.status_code
        self.page = html.document_fromstring(answer.content.decode())
        for unread in list(self.page.iter(*_UNREAD)):
            unread.drop_tree()
        self.read[urlsplit(self.address).path] = (
            self.read.get(urlsplit(self.address).path, "") + "\n" + text_of(self.page)
        )
        wanted = (422,) if refused else (200,)
        if self.status not in wanted:
            raise self._lost(f"answered {self.status}: {self.faults()}")

    def faults(self) -> str:
        marked = self.page.xpath(
            "//*[contains(@class,'errorlist') or contains(@class,'error-summary') or contains(@class,'notice')]"
        )
        return " | ".join(text_of(one) for one in marked)[:900]

    def _lost(self, what: str) -> Lost:
        return Lost(
            f"{self.name} at {self.address} ({self.title if self.page.find('.//h1') is not None else ''}): {what}\n{self.text[:2500]}"
        )


class _Sheet:
    """A form as it lies before a person: what stands in it, and what each label belongs to."""

    def __init__(self, reader: Reader, form: HtmlElement) -> None:
        self.reader, self.form = reader, form
        outside = [
            one
            for one in reader.page.iter("input", "select", "textarea")
            if form.get("id") and one.get("form") == form.get("id")
        ]
        own = [one for one in form.iter("input", "select", "textarea") if one.get("form") in (None, form.get("id"))]
        self.controls = [one for one in [*own, *outside] if one.get("name")]
        self.values: dict[str, list[Any]] = {}
        for one in self.controls:
            self._take_standing(one)

    def _take_standing(self, one: HtmlElement) -> None:
        name, kind = one.get("name"), one.get("type", "text")
        if one.get("disabled") is not None or kind in ("file", "submit", "button"):
            return
        if one.tag == "select":
            chosen = [option for option in one.iter("option") if option.get("selected") is not None] or list(
                one.iter("option")
            )[:1]
            self.values[name] = [option.get("value", "") for option in chosen]
        elif one.tag == "textarea":
            self.values[name] = [one.text or ""]
        elif kind in ("radio", "checkbox"):
            if one.get("checked") is not None:
                self.values.setdefault(name, []).append(one.get("value", "on"))
        else:
            self.values[name] = [one.get("value", "")]

    def labels(self) -> list[str]:
        found = []
        for one in self.controls:
            if one.get("type") != "hidden":
                found.append(self.label_of(one))
        return list(dict.fromkeys(found))

    def label_of(self, one: HtmlElement) -> str:
        """The legend of its group, else its label, else what it is called for the blind."""
        if one.get("type") in ("radio", "checkbox"):
            group = next(one.iterancestors("fieldset"), None)
            tiles = next((box for box in one.iterancestors("div") if "tiles" in (box.get("class") or "").split()), None)
            legend = group.find("./legend") if group is not None else None
            if legend is not None and tiles is not None:
                return unmarked(text_of(legend))
        return self._own_label(one)

    def _own_label(self, one: HtmlElement) -> str:
        if one.get("id"):
            for label in self.reader.page.iter("label"):
                if label.get("for") == one.get("id"):
                    return unmarked(text_of(label))
        around = next(one.iterancestors("label"), None)
        return unmarked(text_of(around)) if around is not None else one.get("aria-label", "")

    def options(self, label: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for one in self._of(label):
            if one.tag == "select":
                found |= {
                    text_of(option): option.get("disabled") is None
                    for option in one.iter("option")
                    if option.get("value")
                }
            else:
                found[self._own_label(one)] = one.get("disabled") is None
        return found

    def _of(self, label: str) -> list[HtmlElement]:
        return [one for one in self.controls if one.get("type") != "hidden" and self.label_of(one) == label]

    def give(self, label: str, answer: Any) -> bool:
        """Put an answer where the label is; whether it is asked for at all. What stands there and cannot be changed is left."""
        found = self._of(label)
        if not found:
            return False
        one, kind = found[0], found[0].get("type", "text")
        if all(each.get("disabled") is not None for each in found):
            return True
        if kind in ("radio", "checkbox") and self.label_of(one) != self._own_label(one):
            self._tick(label, found, [answer] if isinstance(answer, str) else list(answer))
        elif kind == "checkbox":
            self.values[one.get("name")] = [one.get("value", "on")] if answer else []
        elif one.tag == "select":
            self.values[one.get("name")] = [self._option(one, label, answer)]
        elif isinstance(answer, Scan):
            self.values[one.get("name")] = [SimpleUploadedFile(answer.name, answer.content, answer.media_type)]
        else:
            self.values[one.get("name")] = [str(answer)]
        return True

    def _tick(self, label: str, found: list[HtmlElement], wanted: list[str]) -> None:
        boxes = {self._own_label(one): one for one in found}
        for words in wanted:
            box = boxes.get(words)
            if box is None:
                raise self.reader._lost(f"{label}: no {words!r} among {list(boxes)}")
            if box.get("disabled") is not None:
                raise self.reader._lost(f"{label}: {words!r} is closed")
        self.values[found[0].get("name")] = [boxes[words].get("value", "on") for words in wanted]

    def _option(self, one: HtmlElement, label: str, wanted: str) -> str:
        options = {text_of(option): option for option in one.iter("option")}
        words = min((text for text in options if wanted in text), key=len, default=None)
        if words is None:
            raise self.reader._lost(f"{label}: no {wanted!r} among {list(options)}")
        if options[words].get("disabled") is not None:
            raise self.reader._lost(f"{label}: {words!r} is closed")
        return options[words].get("value", "")

    def sent(self, button: HtmlElement) -> dict[str, Any]:
        """What goes over the line."""
        data = {name: values for name, values in self.values.items() if values}
        if button.get("name"):
            data[button.get("name")] = [button.get("value", "")]
        return data


def text_of(element: HtmlElement) -> str:
    return plain(element.text_content())


def plain(text: str) -> str:
    """Without breaks and double blanks."""
    return re.sub(r"\s+", " ", text).strip()


def unmarked(label: str) -> str:
    """A label without the mark of a required one."""
    return label.replace("（必填）", "").rstrip("*").strip()
