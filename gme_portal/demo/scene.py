"""Everything the fictional people meet, looked up once: the notice, its plan, the catalogues, and who works where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from uuid import UUID

from bases.models import EthnicGroup, Major, Medicine, Prefecture, School, Specialty, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.demo.cast import Cast, cast_of
from gme_portal.demo.people import Person
from gme_portal.demo.staff import ranked_bases
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from quotas.models import Quota

# The demo's own base draws more people than its seats would: there has to be a contest.
OWN_PULL = 2.4
ORAL = "口腔"


@dataclass(frozen=True)
class Crew:
    """Who acts for a base: an editor makes, a lead checks and computes, and `second` approves: another lead, or else the province."""

    maker: User
    checker: User
    second: User


@dataclass(frozen=True)
class Scene:
    """One notice as fictional people see it in one of its rounds (批次). Look-ups are by code or name; unknown ones are a KeyError."""

    notice: Notice
    round: str
    version: NoticeVersion
    policy: Policy
    bases: list[TrainingBase]
    quotas: dict[UUID, list[Quota]]
    crews: dict[UUID, Crew]
    officer: User
    province_lead: User
    cast: Cast
    schools: dict[str, School] = field(default_factory=dict)
    majors: dict[str, Major] = field(default_factory=dict)
    specialties: dict[str, Specialty] = field(default_factory=dict)
    prefectures: dict[str, Prefecture] = field(default_factory=dict)
    ethnic_groups: dict[str, EthnicGroup] = field(default_factory=dict)

    @property
    def own(self) -> TrainingBase:
        """The base whose work is left to whoever plays the demonstration, until its deadline."""
        return self.bases[0]

    @property
    def is_later(self) -> bool:
        """Whether others were placed before this round."""
        return self.round != self.policy.rounds[0].key

    def in_round(self, key: str) -> Scene:
        """The same in another round."""
        return self if key == self.round else replace(self, round=key)

    def window(self, key: str, person_type: str | None = None) -> Window | None:
        """A window of the notice in this round."""
        return self.policy.window(key, person_type=person_type, round=self.round)

    @property
    def is_on_site(self) -> bool:
        """Whether people sign up at a base's counter (现场报名)."""
        return self.policy.registration.mode == "on_site"

    @cached_property
    def pulls(self) -> list[float]:
        """How strongly each base attracts people."""
        seats = [sum(quota.planned for quota in self.quotas[base.pk]) for base in self.bases]
        return [float(seats[0]) * OWN_PULL, *map(float, seats[1:])]

    def field_of(self, someone: Person) -> str:
        """What somebody studied: stomatology, tcm or clinical."""
        field = self.majors[someone.schooling[0].major].field
        return {"stomatology": "stomatology", "tcm": "tcm", "integrated": "tcm"}.get(field, "clinical")

    def fits(self, quota: Quota, field: str) -> bool:
        """Whether a specialty is one for people who studied this; the notice's own rules are asked later."""
        return taught_to(quota) == field

    def liking(self, quota: Quota) -> float:
        """How much people want a specialty: shortage specialties are short of people because fewer want them."""
        return (1.0 if self.policy.specialties.is_shortage(quota.specialty_id) else 5.0) * (1 + quota.seats**0.5)

    def some_base(self, random: Random, candidates: list[TrainingBase] | None = None) -> TrainingBase:
        """A base by attraction, of all or of the given ones."""
        pull = dict(zip((base.pk for base in self.bases), self.pulls, strict=True))
        found = candidates or self.bases
        return random.choices(found, [pull[base.pk] for base in found])[0]


def taught_to(quota: Quota) -> str:
    """Who trains in a specialty: stomatology, tcm or clinical."""
    if quota.specialty.name.startswith(ORAL):
        return "stomatology"
    return "tcm" if quota.specialty.medicine == Medicine.TCM else "clinical"


def scene_of(notice: Notice) -> Scene:
    """Look everything up, for the first round. Thirteen queries."""
    version = version_in_force(notice)
    bases = ranked_bases(notice)
    quotas: dict[UUID, list[Quota]] = {base.pk: [] for base in bases}
    for quota in (
        Quota.objects.filter(notice=notice).select_related("base", "specialty").order_by("specialty__position")
    ):
        quotas[quota.base_id].append(quota)
    staff = (
        User.objects.filter(is_demo=True, base_staff__base__in=bases)
        .select_related("base_staff")
        .order_by("login_name")
    )
    officer, province_lead = (
        User.objects.get(is_demo=True, login_name=name) for name in ("province.officer", "province.lead")
    )
    crews: dict[UUID, Crew] = {}
    for base in bases:
        here = [user for user in staff if user.base_staff.base_id == base.pk]
        editors = [user for user in here if user.role == Role.BASE_EDITOR]
        leads = [user for user in here if user.role == Role.BASE_LEAD]
        if editors and leads:
            crews[base.pk] = Crew(editors[0], leads[0], leads[1] if len(leads) > 1 else officer)
    policy = policy_of(version)
    prefectures = {row.code: row for row in Prefecture.objects.select_related("division")}
    return Scene(
        notice=notice,
        round=policy.rounds[0].key,
        version=version,
        policy=policy,
        bases=bases,
        quotas=quotas,
        crews=crews,
        officer=officer,
        province_lead=province_lead,
        cast=cast_of(policy, sorted(code for code in prefectures if code[:2] == policy.province)),
        schools={school.name: school for school in School.objects.all()},
        majors=Major.objects.in_bulk(),
        specialties=Specialty.objects.in_bulk(),
        prefectures=prefectures,
        ethnic_groups=EthnicGroup.objects.in_bulk(),
    )
