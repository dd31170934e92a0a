"""What offers hold of the plan (占用名额), as `quotas.services.seats` counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from admissions.models import Offer
from quotas.models import RESERVED_FOR


def seats_held(offers: Iterable[Offer]) -> dict[str, Counter[UUID]]:
    """`counts` and `commissioned` for `take` and `release`; offers with their applicants loaded."""
    counted = [offer for offer in offers if offer.counted]
    return {
        "counts": Counter(offer.quota_id for offer in counted),
        "commissioned": Counter(offer.quota_id for offer in counted if offer.applicant.person_type == RESERVED_FOR),
    }
