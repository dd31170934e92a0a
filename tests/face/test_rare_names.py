"""A name that no font draws is said in words, never a silent box."""

from __future__ import annotations

from django.template import Context, Template


def note(name: str) -> str:
    return Template("{% rare_note name %}").render(Context({"name": name})).strip()


def test_a_character_of_extension_i_is_named_by_its_code_point() -> None:
    assert "U+2EBF1" in note("演练\U0002ebf1")


def test_names_that_can_be_drawn_say_nothing() -> None:
    assert note("示例䶮") == note("测试买提·示例") == ""
