"""The embedded PostgreSQL in a folder in which another one died."""

import subprocess

import psycopg

from services.platform import children
from services.platform.postgres import SOCKET, EmbeddedPostgres


def test_a_lock_left_behind_does_not_keep_it_from_starting_even_if_its_number_is_that_of_another_process(tmp_path):
    postgres = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)
    postgres.start()
    postgres.stop()
    user = children.unprivileged_user()
    stranger = subprocess.Popen(["sleep", "60"], **children.running_as(user))
    try:
        lock = postgres.sockets / f"{SOCKET}.lock"
        lock.parent.mkdir(exist_ok=True)
        lock.write_text(f"{stranger.pid}\n{postgres.folder}\n1\n5432\n{postgres.sockets}\n")
        postgres.start()
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stranger.kill()
        stranger.wait()
        postgres.stop()
