"""What a new password must be like (密码要求): from the rule of a notice, or the strictest of several; for the form, the browser and the judge alike.

"位" and the classes are read as people type them everywhere: half-width letters, digits and signs. A full-width letter, a Chinese character, a
space or an emoji depends on the input method, and might not be typed again on another machine: under a notice's rule none is taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gme_portal.policy.schema import PasswordRule
from gme_portal.refusals import Refusal

CLASSES = {"letter": "字母", "digit": "数字", "special": "特殊字符（如 # @ !）"}
_HOLDS = {"letter": r"[A-Za-z]", "digit": r"[0-9]", "special": r"[!-/:-@\[-`{-~]"}
_PLAIN = r"[!-~]*"


@dataclass(frozen=True, slots=True)
class Demands:
    """`low` to `high` characters with one of each of `classes`; from `free_from` characters on without them (0: never); only half-width letters,
    digits and signs if `plain`. `clause`: of the notice, as readers know it; "" for the platform's own."""

    low: int
    high: int
    classes: tuple[str, ...] = ()
    free_from: int = 0
    plain: bool = True
    clause: str = ""

    @property
    def sentence(self) -> str:
        """In words, before anything is typed."""
        needs = "、".join(CLASSES[one] for one in self.classes)
        parts = [f"{self.low}–{self.high} 位"]
        parts += [f"须同时包含{needs}"] if needs else []
        parts += [f"{self.free_from} 位以上的长口令不限字符种类"] if self.free_from else []
        parts += ["只用半角字符，不能有空格、汉字和表情"] if self.plain else []
        return "，".join(parts) + "。" + (f"（依据：{self.clause}）" if self.clause else "")

    @property
    def parts(self) -> list[dict[str, object]]:
        """Each demand by itself, for the browser to tick while somebody types; `static/js/passwords.js` knows the tests."""
        found: list[dict[str, object]] = [
            {"test": "length", "low": self.low, "high": self.high, "text": f"{self.low}–{self.high} 位"}
        ]
        found += [{"test": one, "free": self.free_from, "text": f"有{CLASSES[one]}"} for one in self.classes]
        found += [{"test": "plain", "text": "没有空格、汉字、全角字符和表情"}] if self.plain else []
        return found

    def refusals(self, password: str) -> list[Refusal]:
        """What is wrong with a password, at the field "password"; an empty list means nothing."""
        said = []
        if len(password) < self.low:
            said.append(("PASSWORD_SHORT", f"密码至少 {self.low} 位，您输入了 {len(password)} 位。"))
        if len(password) > self.high:
            said.append(("PASSWORD_LONG", f"密码最多 {self.high} 位，您输入了 {len(password)} 位。"))
        if self.plain and not re.fullmatch(_PLAIN, password):
            said.append(("PASSWORD_SIGNS", "密码里有空格、汉字、全角字符或表情，请只用半角的字母、数字和符号。"))
        missing = [CLASSES[one] for one in self.classes if not re.search(_HOLDS[one], password)]
        if missing and not 0 < self.free_from <= len(password):
            said.append(("PASSWORD_CLASSES", f"密码还缺少：{'、'.join(missing)}。"))
        return [Refusal(code, sentence, self.clause, "password") for code, sentence in said]


def strictest(rules: Sequence[PasswordRule]) -> Demands | None:
    """What satisfies every rule; None without any. Where two lengths cannot go together, the longer password wins. A rule's `clause` is
    as readers shall see it."""
    if not rules:
        return None
    low = max(rule.min_length for rule in rules)
    high = min(rule.max_length for rule in rules if rule.max_length >= low)
    classes = tuple(one for one in CLASSES if any(one in rule.requires for rule in rules))
    clauses = dict.fromkeys(rule.clause for rule in rules if rule.clause)
    return Demands(low, high, classes, clause="；".join(clauses))
