"""Of whom the crowd of a notice is made (演员表): read from `fixtures/demo.toml`, fitted to the notice's province, track, medicine and year."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from gme_portal.policy import Policy

Weights = Mapping[str, int]
# Of those who may choose between western and Chinese medicine, so many studied the latter.
TCM_SHARE = 0.2
DEFAULT = "default"


@lru_cache
def demo_file() -> dict[str, Any]:
    """The whole of `fixtures/demo.toml`."""
    return tomllib.loads((settings.BASE_DIR / "fixtures" / "demo.toml").read_text(encoding="utf-8"))


def assigning_schools(province: str) -> tuple[str, ...]:
    """Schools of a province that hand in lists in the demonstration, by name."""
    return tuple(demo_file()["provinces"].get(province, {}).get("assigning", ()))


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """What `people.person` draws from. Weights need not add up to anything; codes as in `fixtures/`; an empty `schools` means that everybody
    comes from a school that is not on the list. `tcm_share`: how many studied Chinese medicine; `stranger_share`: how many come although the
    notice is not for them."""

    year: int
    province: str
    local: tuple[str, ...]
    elsewhere: tuple[str, ...]
    person_types: Weights
    assigned: frozenset[str]
    ethnic: Weights
    assigning: tuple[str, ...]
    schools: Mapping[str, Weights]
    level: str
    youngest: int
    finishes: tuple[int, ...]
    licence: str
    western: Weights
    tcm: Weights
    tcm_share: float
    dental: str
    dental_share: float
    stranger: str
    stranger_share: float
    masters: Mapping[str, str]
    tcm_masters: Mapping[str, str]
    levels: Weights
    general: Mapping[str, str]


def cast_of(policy: Policy, prefectures: Sequence[str]) -> Cast:
    """The cast of a notice; `prefectures` are those of its province, the capital first."""
    file = demo_file()
    place = file["provinces"][DEFAULT] | file["provinces"].get(policy.province, {})
    track = file["tracks"][policy.track]
    registering = {kind.code: kind for kind in policy.person_types if kind.registers}
    return Cast(
        year=policy.year,
        province=policy.province,
        local=tuple(prefectures),
        elsewhere=tuple(code for code in place["elsewhere"] if code[:2] != policy.province),
        person_types={code: weight for code, weight in file["person_types"].items() if code in registering},
        assigned=frozenset(code for code, kind in registering.items() if kind.assigned),
        ethnic=place["ethnic"],
        assigning=assigning_schools(policy.province),
        schools=place.get("schools", {}).get(policy.track, {}),
        level=track["level"],
        youngest=track["youngest"],
        finishes=tuple(track["finishes"]),
        licence=track["licence"],
        western=track["western"],
        tcm=track["tcm"],
        tcm_share={"western": 0.0, "both": TCM_SHARE, "tcm": 1.0}[policy.medicine],
        dental=track.get("dental", ""),
        dental_share=track.get("dental_share", 0.0),
        stranger=track["stranger"] if policy.medicine == "western" else "",
        stranger_share=track["stranger_share"],
        masters=track.get("masters", {}),
        tcm_masters=track.get("tcm_masters", {}),
        levels=track["levels"],
        general=track["general"],
    )
