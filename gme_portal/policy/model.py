"""The policy as a whole: one province, one track, one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from gme_portal.policy import schema
from gme_portal.policy.citing import EXAMPLE
from gme_portal.policy.conditions import evaluate
from gme_portal.policy.moments import SHANGHAI


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a notice decides. `province`: GB/T 2260, two digits; `source`: the notice's name; `digest`: of the file it came from."""

    id: str
    title: str
    year: int
    province: str
    track: schema.Track
    medicine: schema.Medicine
    organiser: str
    source: str
    sources: tuple[schema.Source, ...]
    rounds: tuple[schema.Round, ...]
    person_types: tuple[schema.PersonType, ...]
    windows: tuple[schema.Window, ...]
    registration: schema.RegistrationRule
    choices: schema.ChoiceRule
    transfer: schema.TransferRule
    specialties: schema.SpecialtyRule
    documents: tuple[schema.DocumentRule, ...]
    photo: schema.PhotoRule
    password: schema.PasswordRule
    identity: schema.IdentityRule
    eligibility: tuple[schema.Rule, ...]
    scoring: schema.ScoringRule
    medical_exam: schema.MedicalExamRule | None
    plan: schema.PlanRule | None
    quota_moves: schema.QuotaMoveRule
    publicity: schema.PublicityRule
    acceptance: schema.AcceptanceRule | None
    invitations: schema.InvitationRule | None
    reallocation: schema.ReallocationRule
    report_in: schema.ReportInRule
    year_reduction: schema.YearReductionRule | None
    brochure: schema.BrochureRule | None
    bans: tuple[schema.BanRule, ...]
    roster: schema.RosterRule
    contact: schema.Contact
    form: schema.FormRule
    papers: tuple[schema.BlankPaper, ...]
    silences: tuple[schema.Silence, ...]
    digest: str
    base_windows: tuple[schema.Window, ...] = ()

    def person_type(self, code: str) -> schema.PersonType | None:
        return next((kind for kind in self.person_types if kind.code == code), None)

    def window(
        self, key: str, person_type: str | None = None, round: str = "first", base: str = ""
    ) -> schema.Window | None:
        """The window of a round for a person type: the one that names the type, else the one for everybody, else None.
        Without a person type: the one for everybody, else the first. With the code of a base: as it was extended for that base alone."""
        window = self._window(key, person_type, round)
        if window is None or not base:
            return window
        same = (one for one in self.base_windows if one.base == base and one.key == key and one.round == round)
        return next((one for one in same if one.person_types == window.person_types), window)

    def _window(self, key: str, person_type: str | None, round: str) -> schema.Window | None:
        found = [window for window in self.windows if window.key == key and window.round == round]
        if person_type is not None:
            found = [window for window in found if window.concerns(person_type)]
            return max(found, key=lambda window: bool(window.person_types), default=None)
        return next((window for window in found if not window.person_types), found[0] if found else None)

    def round(self, key: str) -> schema.Round | None:
        return next((one for one in self.rounds if one.key == key), None)

    def round_at(self, at: datetime) -> schema.Round:
        """The round people work in at a moment: the last one whose first window has begun, before that the first.
        A round whose dates the bases set has no windows here and is never the one."""
        begun = [
            one for one in self.rounds if any(window.round == one.key and window.opens <= at for window in self.windows)
        ]
        return begun[-1] if begun else self.rounds[0]

    def milestones(self) -> tuple[tuple[datetime, str, str], ...]:
        """Every moment at which something begins or ends, in order (an end before a beginning at the same moment):
        (at, label, "registration.opens")."""
        moments = set()
        for window in self.windows:
            if window.key == "training_start":
                moments.add((window.opens, window.label, "training_start.opens"))
                continue
            moments.add((window.opens, f"{window.label}开始", f"{window.key}.opens"))
            moments.add((window.closes, f"{window.label}截止", f"{window.key}.closes"))
        return tuple(sorted(moments, key=lambda moment: (moment[0], moment[2].endswith("opens"), moment[2])))

    @property
    def training_starts_on(self) -> date | None:
        window = self.window("training_start")
        return window.opens.astimezone(SHANGHAI).date() if window else None

    def documents_for(self, person_type: str, facts: Mapping[str, object]) -> tuple[schema.DocumentRule, ...]:
        """What a person has to upload, in the notice's order; what is only brought along on paper is not among it. `facts` are words of the
        vocabulary, e.g. `{"holds_licence": True}`;
        a document whose condition is still unknown is offered but not required."""
        return tuple(rule for rule in self._concerning(person_type, facts) if rule.channel == "upload")

    def papers_for(self, person_type: str, facts: Mapping[str, object]) -> tuple[schema.DocumentRule, ...]:
        """What a person brings to the confirmation (现场确认), in the order it is bound; what is not bound comes last."""
        brought = [
            rule for rule in self._concerning(person_type, facts) if rule.binding_order or rule.channel == "paper"
        ]
        return tuple(sorted(brought, key=lambda rule: rule.binding_order or 100))

    def _concerning(self, person_type: str, facts: Mapping[str, object]) -> list[schema.DocumentRule]:
        known = {**facts, "person_type": person_type}
        offered = []
        for rule in self.documents:
            applies = evaluate(rule.applies, known)
            if applies is None:
                offered.append(replace(rule, required=False))
            elif applies:
                offered.append(rule)
        return offered

    def ban(self, trigger: str) -> schema.BanRule | None:
        """What the notice says of fraud (弄虚作假), no_show (未报到) or withdrawal (退出培训) in its own programme; None where it says nothing."""
        return next((rule for rule in self.bans if rule.trigger == trigger and rule.programme == self.track), None)

    def cite(self, clause: str) -> str:
        """A clause for readers: "003 说明3；003 (四)2" → "《云南省…操作手册》说明3、(四)2"."""
        if clause == EXAMPLE:
            return f"{EXAMPLE}（通知没有规定）"
        cited: list[str] = []
        before = ""
        for part in clause.split("；"):
            key, _, section = part.partition(" ")
            if section and key == before:
                cited[-1] += f"、{section}"
                continue
            name = next((source.name for source in self.sources if source.key == key), key)
            cited.append(f"《{name}》{section}" if section else name)
            before = key
        return "；".join(cited)
