"""`kill -9` of each process of the real portal while people file (R1, R2, R8): nothing acknowledged is lost, nothing is half written, and a
retry gets the same receipt. Two controls show that the checker would see it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import pytest

from tests.embedded.drill.books import faults, unsent, wrongly_sent
from tests.embedded.drill.filer import Filer, Receipt
from tests.embedded.drill.portal import PARTS, Portal, until

pytestmark = pytest.mark.xdist_group("kill")  # the parts of one drill: in one process, in this order
PEOPLE = 5
# While nobody can answer, a person waits; on an idle machine it takes two or three seconds.
BACK_WITHIN = 60.0


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("portal"))
    try:
        portal.start()
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="module")
def people(portal: Portal) -> list[Filer]:
    """Applicants who only have to file; nobody has begun."""
    built = portal.run("build", str(PEOPLE))
    assert built.returncode == 0, built.stderr
    world = json.loads(built.stdout)
    return [Filer(portal.port, login, world["password"]) for login in world["logins"]]


def test_nothing_acknowledged_is_lost_whatever_is_killed(portal: Portal, people: list[Filer]) -> None:
    filers = people[:-1]

    def acknowledged() -> list[Receipt]:
        return [receipt for filer in filers for receipt in filer.receipts]

    def all_go_on() -> None:
        """Everybody is acknowledged something once more."""
        before = {filer: len(filer.receipts) for filer in filers}
        until(
            lambda: all(len(filer.receipts) > before[filer] for filer in filers if filer.failure is None),
            120,
            "filing did not go on",
        )

    for filer in filers:
        filer.start()
    all_go_on()
    took = {}
    for name in PARTS:
        took[name] = portal.kill(name)
        all_go_on()
    portal.kill_all()
    took["everything"] = portal.start()
    all_go_on()
    for filer in filers:
        filer.finish()

    print(
        {name: f"{seconds:.1f} s" for name, seconds in took.items()},
        len(acknowledged()),
        [(filer.unanswered, filer.troubled) for filer in filers],
    )
    assert all(seconds < BACK_WITHIN for seconds in took.values()), took
    assert sum(filer.unanswered + filer.troubled for filer in filers) > 0, "nobody noticed anything: that was no drill"
    assert [page for filer in filers for page in filer.ugly] == []
    with portal.books() as books:
        assert faults(books, acknowledged()) == []
        until(lambda: unsent(books) == 0, 60, "messages were not delivered")
        assert wrongly_sent(books) == []


def test_control_an_event_written_after_the_commit_is_missed(portal: Portal, people: list[Filer]) -> None:
    with portal.books() as books:
        assert faults(books, []) == []
        done = portal.run("careless", people[-1].login)
        assert done.returncode == -signal.SIGKILL, done.stderr
        found = faults(books, [])
    assert len(found) == 3
    assert found[0].endswith("has not exactly one audit event")
    assert {line.split(" ", 1)[1] for line in found[1:]} == {"has no inbox message", "has no sms message"}


def test_control_a_receipt_that_was_only_in_memory_is_missed(portal: Portal, people: list[Filer]) -> None:
    """A database that answers before its log is on the disk loses the newest receipt when it dies at once."""
    someone = Filer(portal.port, people[0].login, people[0].password)
    someone.enter()
    with portal.books() as books:
        for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'", "bgwriter_lru_maxpages = 0"):
            books.execute(f"ALTER SYSTEM SET {setting}")
        books.execute("SELECT pg_reload_conf()")
    someone.withdraw()
    someone.file()
    portal.kill("postgres")
    with portal.books() as books:
        lost = [line for line in faults(books, someone.receipts) if line.startswith("acknowledged and lost")]
    assert len(lost) == len(someone.receipts) == 2
