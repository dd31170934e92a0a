"""Pages for requests that went wrong: they must render with nothing known, in Chinese, and say what to do next."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_renders_without_request_or_database(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert "回到首页" in page


def test_a_refusal_is_shown_with_its_clause() -> None:
    page = render_to_string("403.html", {"sentence": "只有牵头人可以复核", "clause": "003 三(四)"})
    assert "只有牵头人可以复核" in page
    assert "依据：003 三(四)" in page
