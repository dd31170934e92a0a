"""What the fixtures say, and that loading them twice changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from bases.models import (
    Division,
    EthnicGroup,
    Major,
    Prefecture,
    PrefectureAdjacency,
    School,
    Specialty,
    Track,
    TrainingBase,
)
from bases.queries import adjacency, base_by_name, prefectures_of, specialty_by_name
from bases.services.catalogue import load_world

FIXTURES = settings.BASE_DIR / "fixtures"


def test_the_standards_are_complete(world: dict[str, int]) -> None:
    assert Specialty.objects.filter(track=Track.RESIDENCY).count() == 37
    assert list(Specialty.objects.filter(track=Track.ASSISTANT_GP).values_list("name", "years")) == [
        ("助理全科", 2),
        ("中医助理全科", 2),
    ]
    assert Division.objects.count() == 34
    assert prefectures_of("53").count() == 16
    assert EthnicGroup.objects.exclude(code__in=["97", "98"]).count() == 56


def test_codes_are_text_and_keep_leading_zeros(world: dict[str, int]) -> None:
    assert Specialty.objects.get(name="内科").code == "0100"
    assert EthnicGroup.objects.get(name="汉族").code == "01"


def test_loading_twice_changes_nothing(world: dict[str, int]) -> None:
    before = dict(TrainingBase.objects.values_list("code", "id"))
    assert load_world(folder=FIXTURES) == world
    assert dict(TrainingBase.objects.values_list("code", "id")) == before
    assert School.objects.count() == world["School"]
    assert PrefectureAdjacency.objects.count() == world["PrefectureAdjacency"] == 29


def test_bases_are_those_of_the_annexes(world: dict[str, int]) -> None:
    listed = TrainingBase.objects.filter(is_example=False)
    assert listed.filter(tracks=["residency"], medicine="tcm").count() == 9
    assert listed.filter(tracks=["assistant_gp"], medicine="western").count() == 22
    assert listed.filter(tracks=["assistant_gp"], medicine="tcm").count() == 15
    assert TrainingBase.objects.filter(is_example=True, medicine="western", tracks=["residency"]).count() == 16
    assert base_by_name("迪庆藏族自治州人民医院").is_county_level is False
    assert base_by_name("文山州文山市人民医院").is_county_level is True


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("全  科", "0700"),
        ("全科医学科", "0700"),
        ("耳鼻喉科", "1800"),
        ("超声科", "2300"),
        ("外科(神经外科方向)", "1000"),
        (" 中医　全科", "3600"),
    ],
)
def test_sheets_write_specialties_in_many_ways(world: dict[str, int], written: str, code: str) -> None:
    found = specialty_by_name(written)
    assert found is not None
    assert found.code == code


def test_an_unknown_specialty_is_nobody(world: dict[str, int]) -> None:
    assert specialty_by_name("心内科") is None
    assert specialty_by_name("") is None


def test_the_name_cut_off_in_the_annex_still_finds_its_base(world: dict[str, int]) -> None:
    """000 annex 3 prints 西双版纳州勐海县中医医, without its last character."""
    assert base_by_name("西双版纳州勐海县中医医").code == "bn-menghai-tcm"


def test_neighbours_are_mutual(world: dict[str, int]) -> None:
    neighbours = adjacency()
    assert neighbours["5328"] == ["5308"], "Xishuangbanna touches only Puer"
    assert neighbours["5331"] == ["5305"], "Dehong touches only Baoshan"
    assert set(neighbours) == set(prefectures_of("53").values_list("code", flat=True))
    assert all(one in neighbours[other] for one in neighbours for other in neighbours[one])


def test_the_database_keeps_codes_and_pairs_in_form(world: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="prefecture_code_in_division"), transaction.atomic():
        Prefecture.objects.create(code="5399", name="示例市", short_name="示例", division_id="52")
    with pytest.raises(IntegrityError, match="adjacency_smaller_code_first"), transaction.atomic():
        PrefectureAdjacency.objects.create(prefecture_id="5334", neighbour_id="5301")
    with pytest.raises(IntegrityError, match="base_tracks_known"), transaction.atomic():
        TrainingBase.objects.filter(code="yn-first").update(tracks=["fellowship"])


def test_a_name_with_two_meanings_stops_the_load_whole(db: None, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES, tmp_path / "fixtures")
    sheet = tmp_path / "fixtures" / "specialties.csv"
    sheet.write_text(sheet.read_text().replace("0200,儿科,", "0200,儿科,内 科"))
    with pytest.raises(CommandError, match=r"内 科.*0100.*0200"):
        call_command("load_world", folder=tmp_path / "fixtures")
    assert not Division.objects.exists()
    assert not Major.objects.exists()
