"""Loading the catalogues of `fixtures/` (基础数据): idempotent, all or nothing; a row that left the files stays in the database."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import models, transaction
from pypinyin import Style, lazy_pinyin

from bases.models import Division, EthnicGroup, Major, Prefecture, PrefectureAdjacency, School, Specialty, TrainingBase
from bases.queries import fold_name
from gme_portal.refusals import Refused

Rows = list[dict[str, str]]


def read_catalogue(path: Path) -> Rows:
    """The rows of a fixture, header → text; lines that begin with # say where the facts come from."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@transaction.atomic
def load_world(*, folder: Path) -> dict[str, int]:
    """Bring the database to what the fixtures say; returns model name → rows in the files.

    Raises Refused("CATALOGUE_AMBIGUOUS") when one name would mean two things, and FileNotFoundError for a missing file."""
    divisions = read_catalogue(folder / "divisions.csv")
    schools = read_catalogue(folder / "schools.csv")
    majors = read_catalogue(folder / "majors.csv")
    bases = [row for path in sorted((folder / "bases").glob("*.csv")) for row in read_catalogue(path)]
    specialties = read_catalogue(folder / "specialties.csv")
    _refuse_ambiguous(specialties, ("code", "name"), "培训专业")
    _refuse_ambiguous(bases, ("code", "name", "short_name"), "培训基地")
    counts = [
        _upsert(Division, map(_division, (row for row in divisions if row["level"] == "province")), key=["code"]),
        _upsert(Prefecture, map(_prefecture, (row for row in divisions if row["level"] == "prefecture")), key=["code"]),
        _load_adjacency(read_catalogue(folder / "prefecture_adjacency.csv")),
        _upsert(
            EthnicGroup, (EthnicGroup(**row) for row in read_catalogue(folder / "ethnic_groups.csv")), key=["code"]
        ),
        _upsert(Specialty, map(_specialty, specialties), key=["code"]),
        _upsert(Major, map(_major, majors), key=["code"]),
        _upsert(School, map(_school, schools), key=["name"]),
        _upsert(TrainingBase, map(_base, bases), key=["code"]),
    ]
    return dict(counts)


def search_keys(names: Iterable[str]) -> dict[str, str]:
    """The two key columns of a `SearchableName`: pinyin and initials of every name, each led by a space."""
    names = list(names)
    return {
        "pinyin": "".join(" " + "".join(lazy_pinyin(name, errors="ignore")) for name in names),
        "initials": "".join(
            " " + "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")) for name in names
        ),
    }


def _upsert(model: type[models.Model], rows: Iterable[Any], *, key: list[str]) -> tuple[str, int]:
    found = list(rows)
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in key]
    model._default_manager.bulk_create(found, update_conflicts=True, unique_fields=key, update_fields=fields)
    return model.__name__, len(found)


def _load_adjacency(rows: Rows) -> tuple[str, int]:
    pairs = [PrefectureAdjacency(prefecture_id=row["prefecture"], neighbour_id=row["neighbour"]) for row in rows]
    PrefectureAdjacency.objects.bulk_create(pairs, ignore_conflicts=True)
    return "PrefectureAdjacency", len(pairs)


def _refuse_ambiguous(rows: Rows, columns: tuple[str, ...], what: str) -> None:
    """Sheets are matched by name: a name, alias or code that stands for two rows would send seats to the wrong place."""
    owner: dict[str, str] = {}
    for row in rows:
        for name in (*(row[column] for column in columns), *_names(row["aliases"])):
            if owner.setdefault(fold_name(name), row["code"]) != row["code"]:
                raise Refused(
                    "CATALOGUE_AMBIGUOUS",
                    f"{what}“{name}”同时指 {owner[fold_name(name)]} 和 {row['code']}，请改正后重新导入。",
                )


def _names(cell: str) -> list[str]:
    return [name for name in cell.split("|") if name]


def _division(row: dict[str, str]) -> Division:
    return Division(
        code=row["code"], name=row["name"], short_name=row["short_name"], former_names=_names(row["former_names"])
    )


def _prefecture(row: dict[str, str]) -> Prefecture:
    return Prefecture(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        former_names=_names(row["former_names"]),
        division_id=row["parent"],
    )


def _specialty(row: dict[str, str]) -> Specialty:
    return Specialty(
        code=row["code"],
        name=row["name"],
        aliases=_names(row["aliases"]),
        track=row["track"],
        medicine=row["medicine"],
        years=int(row["years"]),
        position=int(row["position"]),
    )


def _major(row: dict[str, str]) -> Major:
    aliases = _names(row["aliases"])
    keys = search_keys([row["name"], *aliases])
    return Major(code=row["code"], name=row["name"], aliases=aliases, level=row["level"], field=row["field"], **keys)


def _school(row: dict[str, str]) -> School:
    former = _names(row["former_names"])
    keys = search_keys([row["name"], *former])
    return School(
        name=row["name"], former_names=former, division_id=row["division"], position=int(row["position"]), **keys
    )


def _base(row: dict[str, str]) -> TrainingBase:
    return TrainingBase(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        aliases=_names(row["aliases"]),
        prefecture_id=row["prefecture"],
        medicine=row["medicine"],
        tracks=row["tracks"].split("|"),
        is_county_level=row["is_county_level"] == "1",
        address=row["address"],
        office_phone=row["office_phone"],
        website=row["website"],
        assessment_note=row["assessment_note"],
        confirmation_place=row["confirmation_place"],
        what_to_bring=row["what_to_bring"],
        is_example=row["is_example"] == "1",
    )
