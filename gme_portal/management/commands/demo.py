"""`manage.py demo`: fill in the demonstration, as far as it is not there yet, and print its accounts."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gme_portal.clock import services as clock
from gme_portal.demo import filling, journey, progress, queries, start, tasks
from gme_portal.demo.scene import Scene, scene_of
from gme_portal.demo.staff import PASSWORD
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

LOGGER = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Fill in the demonstration with fictional people (idempotent) and print its accounts; the rest of the people come in as a background job"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=filling.PEOPLE, help="how many fictional applicants in all")
        parser.add_argument(
            "--now", action="store_true", help="bring everybody in before returning instead of as a job"
        )
        parser.add_argument(
            "--notice", default="", help="policy id of the notice to play (default: that of fixtures/demo.toml)"
        )
        parser.add_argument("--accounts", action="store_true", help="only print the accounts")

    def handle(self, *, people: int, now: bool, accounts: bool, notice: str, **options: Any) -> None:
        if settings.MODE not in ("demo", "test"):
            raise CommandError(f"fictional people belong into demo mode only, not into {settings.MODE}")
        if not accounts:
            scene = scene_of(ground(notice))
            start.resume()
            if not now and filling.missing(scene, people):
                self._say_that_people_come()
            for _ in filling.fill(scene, people if now else min(people, filling.ESSENTIAL)):
                pass
            waiting = len(filling.missing(scene, people))
            if waiting:
                self._leave_to_a_worker(scene, people, waiting)
            else:
                progress.finish()
        self.stdout.write(accounts_table())

    @staticmethod
    def _say_that_people_come() -> None:
        """The site answers already: nobody is to jump ahead."""
        with suppress(RedisError):
            progress.report(journey.FILLING, 0, 0)

    @staticmethod
    def _leave_to_a_worker(scene: Scene, people: int, waiting: int) -> None:
        """The job waits in the queue until a worker is up, and until then nobody jumps ahead; without a broker everybody comes in now."""
        try:
            progress.report(journey.FILLING, 0, waiting)
            tasks.fill_rest.delay(people)
        except (OperationalError, RedisError):
            LOGGER.warning("no broker: bringing everybody in now")
            for _ in filling.fill(scene, people):
                pass


def ground(slug: str) -> Notice:
    """The ground of the demonstration. Raises CommandError where this notice cannot be played here."""
    try:
        return start.lay_ground(slug)
    except Refused as refused:
        raise CommandError(refused.refusal.sentence) from refused


def accounts_table() -> str:
    """Accounts role by role, for a terminal."""
    lines = [
        f"演练时钟：{beijing(clock.now())}",
        f"演练账号（密码都是 {PASSWORD}；也可在 /demo/accounts 一键进入）：",
        "",
    ]
    for group in queries.account_groups(start.existing_notice()):
        if group.title == queries.OTHERS:
            continue
        lines.append(group.title)
        lines += [
            f"  {one.login:<20} {one.role}　{'　'.join(filter(None, (one.place, one.does)))}" for one in group.accounts
        ]
    return "\n".join(lines)
