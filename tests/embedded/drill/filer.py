"""People who file, withdraw and file again as long as the drill lasts, and remember every receipt they were given."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.embedded.drill.visitor import PATIENCE, Answer, Visitor

MY = "/n/yunnan-2025-residency/my"
RECEIPT = re.compile(rf"{MY}/receipt/([0-9a-f-]{{36}})/")
# What a person reads while something is broken: our page, in Chinese.
FRIENDLY = "系统出了点问题"


@dataclass(frozen=True)
class Receipt:
    """An acknowledged filing: the key of the form, and the submission that the answer led to."""

    key: str
    submission: str


class Filer(threading.Thread):
    """One applicant at work. What went wrong for good is in `failure`; pages of trouble that were not ours in `ugly`."""

    def __init__(self, port: int, login: str, password: str) -> None:
        super().__init__(daemon=True)
        self.visitor, self.login, self.password = Visitor(port), login, password
        self.receipts: list[Receipt] = []
        self.unanswered = self.troubled = 0
        self.ugly: list[str] = []
        self.failure: BaseException | None = None
        self._enough = threading.Event()

    def run(self) -> None:
        try:
            self.enter()
            while not self._enough.is_set():
                self.file()
                self.withdraw()
        except BaseException as failure:
            self.failure = failure

    def finish(self) -> None:
        """Let the person finish what they are doing, and go."""
        self._enough.set()
        self.join(120)
        assert not self.is_alive(), f"{self.login} still waits"
        if self.failure is not None:
            raise self.failure

    def enter(self) -> None:
        form = self._insist(lambda: self.visitor.get("/account/login/")).inputs
        typed = {"username": self.login, "password": self.password, "next": f"{MY}/"}
        answer = self._insist(lambda: self.visitor.post("/account/login/", form | typed))
        if answer.status == 200:  # the first try got through, only its answer was lost
            answer = self._insist(lambda: self.visitor.get("/account/login/"))
        assert answer.status in (302, 303), (answer.status, answer.text[:2000])

    def file(self) -> None:
        """Check, promise, submit; asked again with the same key, the answer is the same receipt."""
        form = self._insist(lambda: self.visitor.get(f"{MY}/check/")).inputs
        if "key" not in form:
            return
        first, again = (self._submit(form | {"pledge": "on"}) for _ in range(2))
        assert first == again, f"{form['key']} was answered with {first} and {again}"

    def withdraw(self) -> None:
        form = self._insist(lambda: self.visitor.get(f"{MY}/withdraw/")).inputs
        self._insist(lambda: self.visitor.post(f"{MY}/withdraw/", {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}))

    def _submit(self, form: dict[str, str]) -> str:
        answer = self._insist(lambda: self.visitor.post(f"{MY}/submit/", form))
        found = RECEIPT.search(answer.location)
        assert found, f"no receipt but {answer.status} {answer.location}: {answer.text[:3000]}"
        self.receipts.append(Receipt(form["key"], found[1]))
        return found[1]

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Ask again, as a person would, while nobody answers or the site says that it is in trouble."""
        deadline = time.monotonic() + 4 * PATIENCE
        while True:
            try:
                answer = ask()
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
            else:
                if answer.status < 500:
                    return answer
                self.troubled += 1
                if FRIENDLY not in answer.text:
                    self.ugly.append(f"{answer.status}: {answer.text[:500]}")
            assert time.monotonic() < deadline, "nobody answered"
            time.sleep(0.1)
