"""Serve the pages, do the jobs, keep the clockwork going: one process each, stopped together."""

import logging
import os
import signal
import subprocess
import sys
import time

from django.core.management import call_command
from django.utils.timezone import now  # noqa: TID251  the clockwork runs by the clock

log = logging.getLogger(__name__)


def serve(host: str, port: int, certificate: str = "", key: str = "") -> int:
    """Bring the database up to date, then run web and worker until interrupted.

    With a certificate and its key (PKCS#8) it speaks HTTPS by itself, without a proxy before it.
    """
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    run = [sys.executable, "-m"]
    parts = [
        subprocess.Popen([*run, "shuce", "work"]),
        subprocess.Popen(
            [
                *run,
                "granian",
                "--interface",
                "wsgi",
                "--host",
                host,
                "--port",
                str(port),
                "--no-ws",
                "--blocking-threads",
                # Questions and nodes that wait hold a thread each.
                "16",
                "--log-level",
                "warning",
                *(["--ssl-certificate", certificate, "--ssl-keyfile", key] if certificate else []),
                "shuce.web.wsgi:application",
            ],
            env={**os.environ, "SHUCE_HTTPS": "1"} if certificate else None,
        ),
    ]
    scheme = "https" if certificate else "http"
    print(f"数册 {scheme}://{host}:{port}/  （Ctrl-C 停止）", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(part.poll() is None for part in parts):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(timeout=10)


def work() -> int:
    """Do background jobs in a process of their own, and the regular duties in this one."""
    from shuce.web import schedule

    worker = subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--interval", "0.5"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "shuce.web.settings"},
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while worker.poll() is None:
            schedule.run_due(now())
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        worker.terminate()
        worker.wait(timeout=10)
