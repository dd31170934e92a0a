"""The ID photo: examined against the notice's rule, kept when it meets it; a repaired one is offered, and kept only when the person says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from applicants import photo
from applicants.models import Document, Profile
from applicants.photo import Finding
from applicants.queries import PHOTO
from applicants.services.documents import keep, refuse_locked
from gme_portal.accounts.models import User
from gme_portal.files.inspection import CleanImage, inspect, sniff
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.policy.schema import PhotoRule
from gme_portal.refusals import Refusal, Refused

MAX_BYTES = (
    10 * MEGABYTE
)  # an original from a phone may be far larger than the rule allows: it is repaired, not turned away


@dataclass(frozen=True, slots=True)
class Examination:
    """What was measured, and the image as it was judged."""

    clean: CleanImage
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not photo.failures(self.findings)


def examine(content: bytes, rule: PhotoRule) -> Examination:
    """Measure a photo; nothing is stored. Raises Refused for what is no JPG or PNG picture at all."""
    clean = inspect(content, accepts=("jpg", "png"), max_bytes=MAX_BYTES)
    if not isinstance(clean, CleanImage):
        raise Refused("FILE_KIND", "照片须为 JPG 图片。", rule.clause, "file")
    return Examination(clean, photo.check(clean.content, rule, kind=sniff(content), size=len(content)))


def repaired(examination: Examination, rule: PhotoRule) -> bytes | None:
    """The photo as a machine would mend it, or None; nothing is stored."""
    return photo.repair(examination.clean.content, rule)


def upload(*, profile: Profile, rule: PhotoRule, content: bytes, actor: User, at: datetime) -> Document:
    """Keep a photo that meets every rule. Raises Refused with every rule that fails and what was measured (codes PHOTO_…)."""
    refuse_locked(profile)
    examination = examine(content, rule)
    failed = photo.failures(examination.findings)
    if failed:
        raise Refused.many(
            [Refusal(f"PHOTO_{each.key.upper()}", each.sentence, rule.clause, "file") for each in failed]
        )
    findings = [finding.as_dict() for finding in examination.findings]
    return keep(
        profile=profile, kind=PHOTO, clean=examination.clean, preview=None, findings=findings, actor=actor, at=at
    )
