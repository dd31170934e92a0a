"""A browser without a face: cookies and forms over plain HTTP, no redirect followed."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 20.0


@dataclass(frozen=True)
class Answer:
    """Status, where it leads, the page, and the values of the inputs on it."""

    status: int
    location: str
    text: str

    @property
    def inputs(self) -> dict[str, str]:
        reader = _Inputs()
        reader.feed(self.text)
        return reader.values


class Visitor:
    """One person's browser. Raises OSError or HTTPException when nobody answers."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, values: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(values))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for value in response.headers.get_all("Set-Cookie", []):
            self.cookies.load(value)
        return Answer(response.status, response.headers.get("Location", ""), text)


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "input" and given.get("name"):
            self.values.setdefault(str(given["name"]), given.get("value") or "")
