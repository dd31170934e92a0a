"""Tags, widgets and field markup, rendered as pages use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from gme_portal import widgets

NOW = datetime(2025, 7, 18, 10, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


class Person(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    kind = forms.ChoiceField(
        label="人员类型",
        widget=widgets.RadioTiles,
        choices=[("social", "社会人"), ("master", widgets.Tile("专硕", closed="由学校上报（003 二）"))],
    )
    photo = forms.FileField(label="照片", widget=widgets.FileDrop(rules="JPG"))
    promise = forms.BooleanField(label="承诺真实")


def test_text_from_people_is_escaped_in_every_part() -> None:
    nasty = "<script>x</script>"
    sources = [
        "{% badge nasty %}",
        "{% card nasty note=nasty id=nasty %}{{ nasty }}{% endcard %}",
        "{% notice 'bad' title=nasty clause=nasty %}{{ nasty }}{% endnotice %}",
        "{% scroll nasty %}x{% endscroll %}",
        "{% dialog nasty nasty confirm=nasty %}{{ nasty }}{% enddialog %}",
        "{% bar_chart rows caption=nasty %}",
    ]
    for source in sources:
        assert "<script>" not in render(source, nasty=nasty, rows=[{"label": nasty, "value": 1}]), source


def test_no_part_carries_an_inline_style() -> None:
    page = render(
        "{% bar_chart rows %}{% funnel rows %}{% sparkline v %}{% meter_bar 1 2 %}{% icon 'check' %}",
        rows=[{"label": "a", "value": 3}],
        v=[1, 2],
    )
    assert "style" not in page


def test_a_countdown_says_when_it_is_over() -> None:
    source = "{% countdown until now over='报名已截止' %}"
    assert "还有 2 天 0 小时" in render(source, until=NOW + timedelta(days=2), now=NOW)
    assert "urgent" in render(source, until=NOW + timedelta(minutes=5), now=NOW)
    assert "报名已截止</time>" in render(source, until=NOW, now=NOW)


def test_missing_values_are_a_dash() -> None:
    assert render("{{ no|mark }}{{ no|percent }}{{ no|thousands }}{{ no|kilobytes }}{{ no|beijing }}") == "—————"


def test_query_replace_keeps_the_other_filters() -> None:
    request = RequestFactory().get("/", {"status": "new", "page": "3"})
    assert render("{% query_replace page=4 status=None as q %}{{ q }}", request=request) == "?page=4"
    assert "status=new" in render("{% query_replace page=1 %}", request=request)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, [1, 2, 3, None, 12]), (6, [1, None, 4, 5, 6, 7, 8, None, 12]), (12, [1, None, 10, 11, 12])],
)
def test_the_pager_offers_both_ends_and_the_neighbours(number: int, shown: list[int | None]) -> None:
    page = Paginator(range(120), 10).page(number)
    assert render("{% pager_numbers page as n %}{{ n }}", page=page) == str(shown)


def test_heat_levels_have_an_edge_for_empty_full_over_and_no_plan() -> None:
    levels = [render("{% heat_level r %}", r=ratio) for ratio in (None, 0, 0.24, 0.25, 0.999, 1, 1.01)]
    assert levels == ["heat-none", "heat-0", "heat-1", "heat-2", "heat-4", "heat-5", "heat-over"]


def test_a_missing_field_says_what_to_do_and_the_summary_links_to_it() -> None:
    form = Person({})
    field = form["name"].as_field_group()
    assert "请填写姓名" in field
    assert 'id="id_name_error"' in field
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    summary = render("{% include 'components/error_summary.html' with form=form %}", form=form)
    assert "有 4 处需要修改" in summary
    for target, sentence in [
        ("id_name", "请填写姓名"),
        ("id_kind_group", "请选择人员类型"),
        ("id_photo", "请上传照片"),
        ("id_promise", "请勾选：承诺真实"),
    ]:
        assert f'<a href="#{target}">{sentence}</a>' in summary


def test_a_forms_own_message_wins_over_ours() -> None:
    class Own(forms.Form):
        code = forms.CharField(label="验证码", error_messages={"required": "请先获取短信验证码"})

    assert "请先获取短信验证码" in Own({})["code"].as_field_group()


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{% include 'components/error_summary.html' with form=form %}", form=Person()).strip() == ""


def test_a_closed_choice_stays_visible_with_its_reason_and_cannot_be_picked() -> None:
    markup = Person()["kind"].as_field_group()
    assert "由学校上报（003 二）" in markup
    assert markup.count("disabled") == 1
    assert 'aria-describedby="id_kind_1_hint"' in markup


def test_a_closed_choice_that_was_already_picked_is_sent_so_that_it_can_be_refused() -> None:
    assert "disabled" not in Person({"kind": "master"})["kind"].as_field_group()
