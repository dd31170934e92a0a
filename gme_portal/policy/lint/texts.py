"""A notice as it stands (通知原文), read for what contradicts itself before anybody has made rules of it.

Reads shapes of sentences, not meaning: what it finds is quoted so that a person can judge it; what it does not find may still be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from gme_portal.policy.lint.calendar import last_day
from gme_portal.policy.lint.dates import dates_alone, mentions, spans
from gme_portal.policy.lint.findings import Finding, shorten
from gme_portal.policy.lint.groups import bad_mails, wider_than_base
from gme_portal.policy.lint.plan_table import TOTALS, table_findings
from gme_portal.policy.lint.publicity import publicity_findings
from gme_portal.policy.lint.tables import tables
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI, day_words, opening_words
from gme_portal.policy.working_days import WorkingCalendar

_HEAD = re.compile(
    r"(?:头像|头部|人像)(?:大小)?(?:约)?占(?:照片)?(?:的)?(?:尺寸|高度|面积|版面)?(?:的)?(?:约)?\s*(\d{1,3}\s*[%％]|\d\s*/\s*\d|三分之[一二])"
)
_WORDS = {"三分之一": Fraction(1, 3), "三分之二": Fraction(2, 3)}
_SAME_SHARE = Fraction(5, 100)
_FILING = r"(?:填报志愿|志愿填报|填报志愿表|网上报名|个人注册)"
_NEED_NOT = re.compile(rf"(?:无需|不需要?|不用|不必|无须)[^。；，\n]{{0,8}}?({_FILING})")
_MUST = re.compile(rf"(?<![无不])(?:需要?|须|必须|应当?)(?!求)[^。；\n]{{0,14}}?({_FILING})")
_CONSENT = re.compile(r"服从调剂[”\"]?时?，?(?:表明|即|表示|视为)[^。；]{4,80}")
DAY = timedelta(days=1)
_OPENING_WORDS = re.compile(r"报名|注册|填报")


def text_findings(texts: Mapping[str, str], policy: Policy, calendar: WorkingCalendar | None) -> Iterator[Finding]:
    """`texts`: source key → text. What a notice says twice, what two of them say differently, and where the policy departs from them."""
    for key, text in texts.items():
        flow = _flowing(text)
        yield from _heads(key, flow, policy)
        yield from _mails(key, text)
        yield from _issued(key, text, flow, policy)
        yield from _must_and_need_not(key, flow, policy)
        yield from publicity_findings(key, flow, policy, calendar)
        yield from _transfer(key, flow, policy)
        yield from _windows(key, flow, policy)
        for number, rows in enumerate(tables(text), start=1):
            if any(cell in TOTALS for row in rows for cell in ("".join(one.split()) for one in row)):
                yield from table_findings(rows, policy, f"{key} 表{number}")
    yield from _consents_apart({key: _flowing(text) for key, text in texts.items()})


def _flowing(text: str) -> str:
    """The text without the line breaks that only the paper made: those inside a sentence, after no punctuation and before no number."""
    plain = re.sub(r"[*_]{2,}", "", text)
    return re.sub(
        r"(?<=[\u4e00-\u9fff、，\d])\s*\n\s*(?=[\u4e00-\u9fff，、。；：）)”])(?![一二三四五六七八九十]+、)", "", plain
    )


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a place."""
    left = max(text.rfind(mark, 0, start) for mark in "。；\n") + 1
    right = min((found for mark in "。；\n" if (found := text.find(mark, end)) >= 0), default=len(text))
    return text[left:right].strip()


def _heads(key: str, flow: str, policy: Policy) -> Iterator[Finding]:
    """How much of the photo the head fills, said twice and differently."""
    stated: list[tuple[Fraction, str]] = []
    for match in _HEAD.finditer(flow):
        stated.append((_share(match[1]), shorten(match[0])))
    shares = [share for share, _ in stated]
    if shares and max(shares) - min(shares) > _SAME_SHARE:
        quotes = list(dict.fromkeys(quote for _, quote in stated))
        sentence = f"照片中头部所占的比例写了不同的数：{'；'.join(f'“{quote}”' for quote in quotes)}。"
        yield Finding("HEAD_TWICE", key, sentence, (policy.photo.clause,), quote=quotes[0])


def _share(text: str) -> Fraction:
    plain = "".join(text.split())
    if plain in _WORDS:
        return _WORDS[plain]
    if plain[-1] in "%％":
        return Fraction(int(plain[:-1]), 100)
    upper, lower = plain.split("/")
    return Fraction(int(upper), max(int(lower), 1))


def _mails(key: str, text: str) -> Iterator[Finding]:
    for mail in dict.fromkeys(bad_mails(text)):
        yield Finding("MAIL_WITHOUT_DOMAIN", key, f"邮箱“{mail}”没有域名，写不通，请核对。", (), quote=mail)


def _issued(key: str, text: str, flow: str, policy: Policy) -> Iterator[Finding]:
    """The date under the notice lies after the first day of its registration. What the policy knows, it has said already."""
    issued = next(dates_alone(text), None)
    openings = [
        span
        for span in spans(flow, issued.year if issued else policy.year)
        if _OPENING_WORDS.search(flow[max(0, span.start - 60) : span.start] + flow[span.end : span.end + 20])
    ]
    first = min(openings, key=lambda span: span.opens, default=None)
    known = any(source.own and source.key == key and source.issued_on == issued for source in policy.sources)
    if not known and issued and first and issued > first.opens.astimezone(SHANGHAI).date():
        sentence = f"通知落款为{day_words(issued)}，而报名在{opening_words(first.opens)}已经开始。"
        yield Finding("ISSUED_AFTER_OPENING", key, sentence, (), quote=shorten(flow[first.start : first.end]))


def _must_and_need_not(key: str, flow: str, policy: Policy) -> Iterator[Finding]:
    """People who must, in one place, and need not, in another, do the same thing."""
    for kind in policy.person_types:
        names = sorted({kind.label, *kind.aliases}, key=len, reverse=True)
        must, need_not = (_said_of(names, pattern, flow) for pattern in (_MUST, _NEED_NOT))
        for doing in sorted(must.keys() & need_not.keys()):
            sentence = f"“{kind.label}”在一处须、在另一处无需{doing}：“{must[doing]}”；“{need_not[doing]}”。"
            yield Finding("MUST_AND_NEED_NOT", key, sentence, (kind.clause,), quote=need_not[doing])


def _said_of(names: list[str], pattern: re.Pattern[str], flow: str) -> dict[str, str]:
    """What a sentence says that these people must (or need not) do → that sentence."""
    found: dict[str, str] = {}
    for match in pattern.finditer(flow):
        sentence = _sentence(flow, match.start(), match.end())
        before = flow[max(0, match.start() - 80) : match.start()]
        before = before[max(before.rfind(mark) for mark in "。；\n") + 1 :]
        if any(name in before for name in names):
            doing = "填报志愿" if "志愿" in match[1] else match[1]
            found.setdefault(doing, shorten(sentence))
    return found


def _transfer(key: str, flow: str, policy: Policy) -> Iterator[Finding]:
    """The consent as the notice words it against the kinds the policy has; only the policy's own notice counts."""
    own = any(source.key == key and source.own for source in policy.sources)
    for consent in dict.fromkeys(match[0] for match in _CONSENT.finditer(flow)):
        wide, kinds = wider_than_base(consent), policy.transfer.kinds
        if own and wide and "province" not in kinds:
            sentence = f"通知的“服从调剂”及于基地以外，规则里却没有全省调剂：“{shorten(consent)}”。"
            yield Finding(
                "TRANSFER_WIDER", "transfer.kinds", sentence, (policy.transfer.clause,), quote=shorten(consent)
            )
        if own and not wide and "province" in kinds:
            sentence = f"通知的“服从调剂”只在所报基地之内，规则里却有全省调剂：“{shorten(consent)}”。"
            yield Finding(
                "TRANSFER_NARROWER", "transfer.kinds", sentence, (policy.transfer.clause,), quote=shorten(consent)
            )


def _consents_apart(flows: Mapping[str, str]) -> Iterator[Finding]:
    """Two notices in which 服从调剂 reaches differently far: whoever remembers the one consents to the other unawares."""
    found = {key: match[0] for key, flow in flows.items() if (match := _CONSENT.search(flow))}
    wide = [key for key, consent in found.items() if wider_than_base(consent)]
    for one in wide:
        for other in sorted(found.keys() - set(wide)):
            sentence = f"{one} 的“服从调剂”比 {other} 的宽：前者及于基地以外，后者只在所报基地之内（“{shorten(found[other])}”）。"
            yield Finding("TRANSFER_WIDER", one, sentence, (), "提示", shorten(found[one]))


def _windows(key: str, flow: str, policy: Policy) -> Iterator[Finding]:
    """A date of the policy that the notice it cites does not name. Where a note says why, it was chosen."""
    for window in policy.windows:
        if window.note or not any(place.split(" ")[0] == key for place in window.clause.split("；")):
            continue
        opens = window.opens.astimezone(SHANGHAI).date()
        # What begins when something else is over is named by the day before.
        for label, day, days in (
            ("开始", opens, (opens, opens - DAY)),
            ("截止", last := last_day(window.closes), (last,)),
        ):
            if not any(mentions(flow, one) for one in days):
                sentence = f"{window.label}{label}于{day_words(day)}，{key} 的原文里没有这个日期，请核对。"
                yield Finding("NOT_IN_NOTICE", f"windows.{window.key}", sentence, (window.clause,), "提示")
