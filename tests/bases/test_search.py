"""Finding schools and majors by typing."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bases.queries import SEARCH_LIMIT, search_majors, search_schools
from tests.bases.people import make_user

pytestmark = pytest.mark.usefixtures("world")


def names(rows: list) -> list[str]:
    return [row.name for row in rows]


@pytest.mark.parametrize("typed", ["昆明医科", "kunmingyike", "kmyk", "KMYKDX", "昆明医学院", "kmyxy", " 昆 明医科 "])
def test_a_school_is_found_by_characters_pinyin_initials_and_former_name(typed: str) -> None:
    assert names(search_schools(typed))[0] == "昆明医科大学"


def test_former_names_lead_to_the_school_of_today() -> None:
    assert names(search_schools("曲靖医学高等专科学校")) == ["曲靖健康医学院"]
    assert names(search_schools("大理学院")) == ["大理大学"]


def test_a_heteronym_is_read_as_the_place_is_called() -> None:
    assert "重庆医科大学" in names(search_schools("chongqingyike"))
    assert "长春中医药大学" in names(search_schools("cczyy"))


def test_the_province_comes_first_and_the_list_is_short(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        rows = search_schools("医科大学")
    assert len(rows) == SEARCH_LIMIT
    assert rows[0].name == "昆明医科大学"
    assert [row.division_id for row in search_schools("")[:5]] == ["53"] * 5


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'; drop", "zzzz", "龘"])
def test_what_nobody_is_called_finds_nobody(typed: str) -> None:
    assert search_schools(typed) == []


def test_majors_by_name_code_and_initials() -> None:
    assert search_majors("临床医学")[0].code == "100201K"
    assert search_majors("100508")[0].name == "傣医学"
    assert "麻醉学" in names(search_majors("mzx"))
    assert [row.level for row in search_majors("麻醉学")] == ["bachelor", "master"]


def test_the_search_box_gets_values_labels_and_hints(client: Client) -> None:
    client.force_login(make_user("applicant"), backend="gme_portal.accounts.backends.IdentityBackend")
    found = client.get("/world/schools", {"q": "kmykdx"}).json()["results"]
    assert found[0]["label"] == "昆明医科大学"
    assert found[0]["hint"] == "云南，原昆明医学院"
    assert client.get("/world/majors", {"q": "100201k"}).json()["results"][0] == {
        "value": "100201K",
        "label": "临床医学",
        "hint": "本科，100201K",
    }


def test_the_search_box_is_not_for_strangers(client: Client) -> None:
    assert client.get("/world/schools", {"q": "昆明"}).status_code == 302
