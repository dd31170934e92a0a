"""Targets for `test_sandbox`: what a hostile file would make a parser do."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from gme_portal.files.sandbox import Answer
from gme_portal.refusals import Refused


def echo(content: bytes, options: dict[str, Any]) -> Answer:
    return Answer({"length": len(content), "word": options["word"]}, (content, b""))


def refuse(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    raise Refused("TEST_REFUSED", "测试拒绝。", "003 三", "photo")


def swallow_memory(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    return {"size": len(bytearray(400 * 1024 * 1024))}


def abort(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    os.abort()


def sleep_long(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    time.sleep(60)
    return {}


def burn_cpu(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    while True:
        pass


def flood_output(content: bytes, options: dict[str, Any]) -> Answer:
    return Answer({}, (b"x" * 1024 * 1024,) * 70)


def crash(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    os.close(2)  # no traceback in the test report
    raise RuntimeError("a bug in a parser")


def environment(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    return {"names": sorted(os.environ), "django": "django" in sys.modules, "celery": "celery" in sys.modules}
