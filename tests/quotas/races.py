"""Forty threads that start together."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from gme_portal.refusals import Refused

THREADS = 40


def race(attempt: Callable[[], object]) -> int:
    """Run `attempt` in 40 threads that start together; gives how many succeeded. Anything but a refusal is an error."""
    barrier, done, errors = Barrier(THREADS), [], []

    def one() -> None:
        try:
            barrier.wait()
            attempt()
            done.append(1)
        except Refused:
            pass
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return len(done)
