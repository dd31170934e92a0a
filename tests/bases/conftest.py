from __future__ import annotations

import pytest
from django.conf import settings

from bases.services.catalogue import load_world


@pytest.fixture
def world(db: None) -> dict[str, int]:
    """The real catalogues of `fixtures/`; gives the counts that `load_world` reports."""
    return load_world(folder=settings.BASE_DIR / "fixtures")
