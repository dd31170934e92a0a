"""What the drill does beside the portal, on its database, in a process of its own: `build PEOPLE` and `careless LOGIN`."""

from __future__ import annotations

import json
import os
import signal

from admissions.models import Application
from admissions.services import applications
from gme_portal.accounts.models import User
from gme_portal.accounts.queries import document_blind
from gme_portal.clock import services as clock
from tests.factories import IN_WINDOW, PASSWORD, ApplicationFactory, NoticeFactory, QuotaFactory, file_again


def main(what: str, argument: str) -> None:
    if what == "build":
        build(int(argument))
    else:
        careless(argument)


def build(people: int) -> None:
    """A notice, one specialty, and applicants who only have to file; the clock stands inside the window. Prints how to log in."""
    notice = NoticeFactory()
    quota = QuotaFactory(notice=notice)
    users = [ApplicationFactory(notice=notice, quotas=[quota]).applicant.user for _ in range(people)]
    clock.set_to(IN_WINDOW)
    print(json.dumps({"password": PASSWORD, "logins": [user.document_number.open() for user in users]}))


def careless(login: str) -> None:
    """The negative control: file as the portal must not, with audit event and messages after the commit, and die in between."""
    owed: list[object] = []
    for name in ("record", "tell"):
        setattr(applications, name, lambda **values: owed.append(values))
    user = User.objects.get(document_blind=document_blind(login))
    file_again(Application.objects.get(applicant__user=user), at=clock.now())
    os.kill(os.getpid(), signal.SIGKILL)
