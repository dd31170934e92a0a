"""The embedded servers: what was acknowledged is there after `kill -9`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from gme_portal.embedded.child import Failed
from gme_portal.embedded.places import socket_folder
from gme_portal.embedded.postgres import Postgres
from gme_portal.embedded.valkey import Valkey


def nothing() -> None: ...


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "pg", socket_folder(tmp_path) / "pg", tmp_path / "postgres.log")
    server.start(nothing)
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey", socket_folder(tmp_path) / "valkey.sock", tmp_path / "valkey.log")
    server.start(nothing)
    yield server
    server.stop()


def kill(server: Postgres | Valkey) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def test_committed_rows_survive_a_killed_postmaster(postgres):
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("create table receipt (number int)")
        for number in range(50):
            connection.execute("insert into receipt values (%s)", [number])
        kill(postgres)
    postgres.start(nothing)
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("select count(*) from receipt").fetchone() == (50,)


def test_trigram_search_sees_chinese(postgres):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create extension pg_trgm")
        assert connection.execute("select similarity('云南省第一人民医院', '云南省第二人民医院') > 0.3").fetchone() == (
            True,
        )


def test_a_left_over_pid_file_whose_number_belongs_to_another_program_is_no_obstacle(postgres):
    postgres.stop()
    pid_file = postgres.data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{postgres.data}\n")
    postgres.start(nothing)
    assert postgres.ended() is None


def test_data_of_another_major_version_is_refused_and_left_alone(postgres):
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(Failed, match=r"was made by PostgreSQL 15, this is 18: dump it"):
        postgres.start(nothing)
    assert (postgres.data / "global" / "pg_control").exists()


def test_a_failure_while_the_cluster_is_made_leaves_no_half_cluster(tmp_path, monkeypatch):
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name, script in (("postgres", "echo postgres '(PostgreSQL)' 18.6"), ("initdb", "echo disk full >&2; exit 1")):
        (binaries / name).write_text(f"#!/bin/sh\n{script}\n")
        (binaries / name).chmod(0o755)
    monkeypatch.setenv("GME_PG_BIN", str(binaries))
    server = Postgres(tmp_path / "pg", tmp_path / "run", tmp_path / "postgres.log")
    with pytest.raises(Failed, match="initdb failed:\ndisk full"):
        server.start(nothing)
    assert not list(tmp_path.glob("pg*"))


def test_answered_writes_survive_a_killed_valkey(valkey):
    client = redis.Redis.from_url(valkey.url)
    for number in range(200):
        client.rpush("celery", number)
    kill(valkey)
    valkey.start(nothing)
    assert client.llen("celery") == 200


def test_a_server_of_a_killed_supervisor_is_ended_before_ours_opens_its_file(valkey, tmp_path):
    redis.Redis.from_url(valkey.url).set("kept", 1)
    ours = Valkey(valkey.data, valkey.socket_path, tmp_path / "valkey.log")
    ours.start(nothing)
    assert valkey.ended() == 0
    assert redis.Redis.from_url(ours.url).get("kept") == b"1"
    ours.stop()


def test_sockets_of_a_deep_folder_lie_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = tmp_path.joinpath(*["很深的文件夹"] * 8)
    folder = socket_folder(deep)
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o711
