"""What-if (试算假设): the engine and the verifier on a changed copy of a run's input, kept as a simulation beside the real ones. Nothing real changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.access import may_assume
from admissions.models import AllocationRun
from admissions.queries import what_if
from admissions.queries.assumptions import EVERYBODY, Assumptions, as_json, assume, in_words
from admissions.queries.problems import Built
from admissions.services.run_locks import alone_in
from admissions.services.runs import settle
from gme_portal.accounts.models import User
from gme_portal.notices.queries import policy_of
from gme_portal.refusals import Refused


def try_out(source: AllocationRun, *, assumed: Assumptions, actor: User, at: datetime) -> AllocationRun:
    """A simulation of `source` with these changes; the same changes again give the simulation already there.

    `beside["what_if"]` says of which run, with which changes, in data and in words. Raises Refused: NOT_YOURS, OF_A_TRIAL, SEAT_UNKNOWN,
    SEATS_WRONG, OVER_CAPACITY, NOTHING_ASSUMED, INPUT_BROKEN."""
    if not may_assume(actor):
        raise Refused("NOT_YOURS", "您的账号不能做试算假设。")
    if "what_if" in source.beside:
        raise Refused("OF_A_TRIAL", "请在实际数据的运算或试算上改动，不能在试算假设上再改。")
    with transaction.atomic():
        alone_in(source.notice_id, source.round, source.kind, source.base_id)
        policy = policy_of(source.notice_version)
        wider = what_if.wider(source, everybody=assumed.consent == EVERYBODY, policy=policy, at=at)
        changed = assume(source.problem, assumed, wider)
        noted = {
            "of": str(source.pk),
            "of_input": source.input_sha256,
            "assumed": as_json(assumed),
            "words": in_words(source.problem, assumed),
        }
        built = Built(changed, {**source.beside, "what_if": noted})
        return settle(
            built,
            faults=[],  # the input is not what was filed, on purpose
            version=source.notice_version,
            kind=source.kind,
            notice=source.notice,
            base=source.base,
            actor=actor,
            at=at,
            simulate=True,
            round=source.round,
        )
