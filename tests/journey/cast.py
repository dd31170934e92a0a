"""Who takes part in a year under any notice: one fictional person of every type that registers, two who want the same seat, one whom the notice closes out.

What they type is theirs and the same everywhere; a page takes of it what it asks for. Which specialty somebody may train in the notice's rules say."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from PIL import Image

from applicants.eligibility import judge
from applicants.eligibility.facts import from_dict
from applicants.models import EducationLevel, EmployerLevel
from bases.models import Major, School, Specialty, TrainingBase
from gme_portal.demo.papers import draw_paper
from gme_portal.demo.portraits import draw_portrait
from gme_portal.policy import Policy
from gme_portal.policy.schema import DocumentRule, PersonType, PhotoRule, Window
from tests.factories import PASSWORD, resident_id
from tests.journey.reader import Reader, Scan

NAMES = "甲乙丙丁戊己庚辛壬癸"
LEVEL_OF = {"residency": EducationLevel.BACHELOR, "assistant_gp": EducationLevel.COLLEGE}


@dataclass(eq=False)
class Figure:
    """Somebody who applies. `specialty` is the code of what they want, `percent` how well they do in every examination."""

    serial: int
    kind: PersonType
    policy: Policy
    base: TrainingBase
    specialty: str = ""
    percent: int = 80
    consents: tuple[str, ...] = ()
    field_of_study: str = "clinical"
    name: str = field(init=False)
    reader: Reader = field(init=False)
    # Number of the application they go with now; the base that has a place for them, and of which round it is.
    number: str = ""
    place: TrainingBase | None = None
    round: str = ""
    receipts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = f"示例{NAMES[self.serial]}"
        self.reader = Reader(self.name)

    @property
    def document_number(self) -> str:
        return resident_id(self.serial, born=f"{self.policy.year - 24}03{self.serial + 1:02d}", male=False)

    @property
    def phone(self) -> str:
        return f"1390000{self.serial:04d}"

    @property
    def level(self) -> str:
        return LEVEL_OF[self.policy.track].value

    @property
    def major(self) -> Major:
        return Major.objects.filter(level=self.level, field=self.field_of_study).order_by("pk").first() or (
            Major.objects.filter(field=self.field_of_study).order_by("pk").first()
        )

    @property
    def graduated_on(self) -> date:
        """The year before, so that everybody holds a diploma whenever the notice begins."""
        return date(self.policy.year - 1, 7, 1)

    def facts(self, practised: str = "") -> dict[str, Any]:
        """The person as the contract of eligibility writes it; `practised` is the specialty at the employer."""
        employed, bound = self.kind.code in ("own_staff", "delegated"), self.kind.code == "commissioned"
        employer = {
            "prefecture": self.base.prefecture_id,
            "level": EmployerLevel.TOWNSHIP.value if self.kind.code == "delegated" else None,
            "specialty": practised or None,
            "consent": None,
        }
        commission = {"graduated_year": self.policy.year, "prefecture": self.base.prefecture_id, "in_breach": None}
        studied = {
            "level": self.level,
            "full_time": True,
            "adult_education": False,
            "major": self.major.name,
            "major_code": self.major.pk,
            "field": self.major.field,
            "degree_awarded": self.level != EducationLevel.COLLEGE,
            "degree_type": None,
            "graduated_on": self.graduated_on.isoformat(),
            "enrolled": False,
            "foreign": False,
        }
        return {
            "nationality": "CN",
            "person_type": self.kind.code,
            "education": [studied],
            "licence": None,
            "employer": employer if employed else None,
            "title": "none",
            "holds_training_certificate": False,
            "in_national_platform": False,
            "commission": commission if bound else None,
            "bans": [],
        }

    def may_train_in(self, codes: Iterable[str], window: Window) -> list[str]:
        """Which of these specialties no rule closes for them."""
        return [
            code
            for code in codes
            if code in judge(self.policy, from_dict(self.facts(practised=code)), window.opens).open_codes
        ]

    def answers(self) -> dict[str, Any]:
        """Everything a page may ask, by the label it asks with."""
        place = self.base.prefecture
        home = f"{place.division.name}{place.name}示例路{self.serial + 1}号"
        return {
            "姓名": self.name,
            "证件号码": self.document_number,
            "手机号码": self.phone,
            "密码": PASSWORD,
            "再输一次密码": PASSWORD,
            "我承诺所填信息真实、证件为本人所有，并已阅读个人信息处理说明。": True,
            "人员类型": self.kind.label,
            "民族": "汉族",
            "婚姻状况": "未婚",
            "户籍地址": home,
            "联系地址": home,
            "电子邮箱": f"shili{self.serial}@example.com",
            "是否为军队人员": "否",
            "是否已有住院医师规范化培训合格证书": "否",
            "是否已在国家住培管理平台登记在培": "否",
            "学历": EducationLevel(self.level).label,
            "是否在读": "已毕业",
            "学习形式": "全日制",
            "是否为境外学历": "否",
            "毕业院校": (School.objects.filter(division=place.division).first() or School.objects.first()).name,
            "所学专业": self.major.name,
            "应届待取证": "否，已有毕业证书",
            "毕业日期": self.graduated_on.isoformat(),
            "毕业证书编号": f"10678{self.graduated_on.year}0500{self.serial:04d}",
            "是否已获学位": "否" if self.level == EducationLevel.COLLEGE else "是",
            "学位证书编号": ""
            if self.level == EducationLevel.COLLEGE
            else f"10678{self.graduated_on.year}00{self.serial:04d}",
            "是否已取得医师资格": "否",
            "所在培训基地": self.base.name,
            "从事专业": Specialty.objects.get(pk=self.specialty).name if self.specialty else "",
            "单位名称": f"示例{place.short_name}乡卫生院",
            "单位级别": EmployerLevel.TOWNSHIP.label,
            "所在州市": place.short_name,
            "定向就业单位": f"示例{place.short_name}乡卫生院",
            "定向就业州市": place.short_name,
            "毕业年份": str(self.policy.year),
        }


def cast(policy: Policy, bases: Sequence[TrainingBase], codes: Sequence[str]) -> list[Figure]:
    """Of every type that registers one, with the last base; and two of the first type who both want one seat of the first base.

    Whoever is placed nowhere else gets a specialty of their own as far as there are enough."""
    contested, elsewhere = bases[0], bases[-1]
    kinds = [kind for kind in policy.person_types if kind.registers]
    people = [
        Figure(0, kinds[0], policy, contested, percent=90, consents=_consents(policy, kinds[0])),
        Figure(1, kinds[0], policy, contested, percent=70, consents=_consents(policy, kinds[0], freely=True)),
        *(
            Figure(place, kind, policy, elsewhere, consents=_consents(policy, kind))
            for place, kind in enumerate(kinds[1:], 2)
        ),
    ]
    used: list[str] = []
    for one in people:
        window = policy.window("registration", person_type=one.kind.code)
        assert window is not None
        open_codes = one.may_train_in(codes, window)
        assert open_codes, f"{one.kind.label}: nothing to choose"
        rival = one is people[1]
        one.specialty = (
            people[0].specialty if rival else next((code for code in open_codes if code not in used), open_codes[0])
        )
        used.append(one.specialty)
    return people


def outsider(policy: Policy, base: TrainingBase) -> Figure:
    """Somebody of the first type whose studies the notice does not admit."""
    return Figure(9, next(kind for kind in policy.person_types if kind.registers), policy, base, field_of_study="other")


def _consents(policy: Policy, kind: PersonType, *, freely: bool = False) -> tuple[str, ...]:
    """What must be agreed to; freely only to go elsewhere in the province, so that the second of two stays without a place at first."""
    offered = policy.transfer.kinds if policy.transfer.offered_to(kind.code) else ()
    must = kind.code in policy.transfer.required_for
    return tuple(one for one in offered if must or (freely and one == "province"))


def paper(rule: DocumentRule, figure: Figure) -> Scan:
    """A sheet in a kind of file that the notice accepts."""
    kind = next(one for one in ("jpg", "jpeg", "png", "pdf") if one in rule.accepts)
    content = _sheet(rule.label, figure.name, kind)
    return Scan(f"scan.{kind}", content, {"pdf": "application/pdf", "png": "image/png"}.get(kind, "image/jpeg"))


@lru_cache(maxsize=64)
def _sheet(title: str, name: str, kind: str) -> bytes:
    drawn = draw_paper(title[:18], [f"姓名：{name}"]).content
    if kind in ("jpg", "jpeg"):
        return drawn
    out = io.BytesIO()
    Image.open(io.BytesIO(drawn)).save(out, kind.upper())
    return out.getvalue()


def portrait(rule: PhotoRule, serial: int) -> Scan:
    """A drawn photo of the size the notice asks."""
    size = (max(rule.min_width, 480), max(rule.min_height, 640))
    return Scan("photo.jpg", _portrait(serial % 2, size))


@lru_cache(maxsize=8)
def _portrait(serial: int, size: tuple[int, int]) -> bytes:
    return draw_portrait(serial, size)
