"""The bounded child (受限子进程): untrusted bytes are parsed in a short-lived process that cannot take the server down with it.

Parsers of images, PDFs and spreadsheets allocate what the file asks for, and some abort the whole process (`documents.md` §3–§5 measured 1.7 GB
and a SIGABRT for files of a few kilobytes). The child therefore gets the file on stdin, a limit on memory, CPU and output, no secret in its
environment, and answers with JSON and blobs on stdout. Reliability promise R10: less than 200 MB and less than 20 s for any file.

A target is `"package.module:function"` with the signature `function(content: bytes, options: dict) -> Answer | dict`. It may raise `Refused`,
which crosses the boundary with its code and sentence. Target modules must be cheap to import (no Django), and are named by code, never by input.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gme_portal.refusals import Refused

MEGABYTE = 1024 * 1024
MEMORY_MB = 150  # beyond the loaded interpreter and libraries (about 40 MB): keeps the whole child under 200 MB
CPU_SECONDS = 15
WALL_SECONDS = 20  # the wall is wider than the CPU, because a busy machine is not the applicant's fault
OUTPUT_MB = 64
CHILD = Path(__file__).with_name("child.py")

TOO_HEAVY = "文件展开后过大，无法处理。请减小尺寸或页数后重新上传。"
TOO_SLOW = "文件过于复杂，处理超时。请减小尺寸或页数后重新上传。"
UNREADABLE = "文件无法读取，可能已损坏。请在电脑上打开确认后重新上传。"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target found: `data` is plain JSON, `blobs` are byte strings (rebuilt images, previews). `peak_mb` is filled in by the child:
    the largest resident memory of the process in megabytes."""

    data: dict[str, Any]
    blobs: tuple[bytes, ...] = field(default=())
    peak_mb: float = 0.0


def run(
    target: str,
    content: bytes,
    options: dict[str, Any] | None = None,
    *,
    memory_mb: int = MEMORY_MB,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> Answer:
    """Run `target` on `content` in a bounded child and return its answer.

    Raises `Refused` with the target's own refusal, or FILE_TOO_HEAVY (memory), FILE_TOO_SLOW (CPU or wall time), FILE_UNREADABLE (the parser
    failed or crashed). An error in our own code looks like FILE_UNREADABLE to the person; its traceback goes to the server's stderr.
    """
    order = json.dumps(
        {"target": target, "options": options or {}, "memory_mb": memory_mb, "cpu_seconds": cpu_seconds}
    ).encode()
    with tempfile.TemporaryFile() as outbox:
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=outbox,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
        try:
            child.communicate(len(order).to_bytes(4, "big") + order + content, timeout=wall_seconds)
        except subprocess.TimeoutExpired:
            raise Refused("FILE_TOO_SLOW", TOO_SLOW) from None
        finally:
            _end(child)
        outbox.seek(0)
        return _unpack(outbox.read(), child.returncode)


def _environment() -> dict[str, str]:
    """Nothing of the server's environment but the path to Python: no database address, no secret. One thread per library keeps memory down."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child's whole session, in case it is still running, and collect it."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdin is not None and not child.stdin.closed:
        child.stdin.close()


def _unpack(reply: bytes, returncode: int) -> Answer:
    """Read the frame the child wrote: 4 bytes length, JSON head, blobs one after the other. A half-written frame counts as a crash."""
    if returncode == -signal.SIGXCPU:
        raise Refused("FILE_TOO_SLOW", TOO_SLOW)
    if returncode == -signal.SIGABRT:
        raise Refused("FILE_TOO_HEAVY", TOO_HEAVY)
    size = int.from_bytes(reply[:4], "big")
    if returncode != 0 or not size or len(reply) < 4 + size:
        raise Refused("FILE_UNREADABLE", UNREADABLE)
    head = json.loads(reply[4 : 4 + size])
    if "refusals" in head:
        code, sentence, clause, place = head["refusals"]
        raise Refused(code, sentence, clause, place)
    blobs, start = [], 4 + size
    for length in head["blobs"]:
        blobs.append(reply[start : start + length])
        start += length
    return Answer(head["data"], tuple(blobs), head["peak_mb"])


# ---- in the child -------------------------------------------------------------------------------------------------------------------------


def _limit(memory_mb: int, cpu_seconds: int) -> None:
    """Set the limits after the imports, so that the memory limit is what the *file* may cost, whatever the libraries weigh."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    ceiling = pages * resource.getpagesize() + memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_MB * MEGABYTE, OUTPUT_MB * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _peak_mb() -> float:
    """Resident high-water mark of this process; `getrusage` would count the parent's pages from before the exec."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def serve() -> None:
    """The child's whole life: read one order from stdin, run it under the limits, write one answer to stdout. Called by `child.py` only."""
    frame = sys.stdin.buffer.read()
    size = int.from_bytes(frame[:4], "big")
    order = json.loads(frame[4 : 4 + size])
    content = frame[4 + size :]
    del frame
    module_name, function_name = order["target"].split(":")
    function = getattr(importlib.import_module(module_name), function_name)
    _limit(order["memory_mb"], order["cpu_seconds"])
    blobs: tuple[bytes, ...] = ()
    try:
        found = function(content, order["options"])
        answer = found if isinstance(found, Answer) else Answer(found)
        blobs = answer.blobs
        head = {"data": answer.data, "blobs": [len(blob) for blob in blobs], "peak_mb": _peak_mb()}
    except Refused as refused:
        first = refused.refusal
        head = {"refusals": [first.code, first.sentence, first.clause, first.field]}
    except MemoryError:
        head = {"refusals": ["FILE_TOO_HEAVY", TOO_HEAVY, "", ""]}
    packed = json.dumps(head, ensure_ascii=False).encode()
    out = sys.stdout.buffer
    out.write(len(packed).to_bytes(4, "big") + packed)
    for blob in blobs:
        out.write(blob)
    out.flush()
