"""Serves a trial with gunicorn, as a municipality would: threads in two processes.

Loopback only, and no log of requests: nobody learns who looked at what.
Run as a program it serves a benchmark: ``python -m pb.trials.server bare|pages FOLDER PORT``.
It imports no more than gunicorn, as in production: the app is made in the workers.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from pb.trials.processes import own_environment, own_program
from pb.web.failure_table import share_with_children
from pb.web.server_memory import share_one_heap

if TYPE_CHECKING:
    from flask import Flask

LOOPBACK = "127.0.0.1"
WORKERS, THREADS = 2, 4
LEAN = ("-OO", "-X", "no_debug_ranges")  # options of Python, as of ``run.py serve``
KEEPALIVE = 2
# Seconds: a worker stops first, so that nobody has to kill it.
MOMENT, WORKER_STOPS_WITHIN, ALL_STOP_WITHIN = 0.1, 1, 3


class PortTaken(Exception):
    """Another program listens on this port. For the command line, which speaks English."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Choose another with --port.")


class QuickWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker that ends at once when somebody presses Ctrl+C.

    Gunicorn's own waits for its threads, which wait for a browser to say something; and it
    takes a lock that the interrupted line may hold already.
    """

    def handle_quit(self, _signal: int, _frame: object) -> None:
        """Give pages that are being made a moment, and end."""
        time.sleep(MOMENT)
        os._exit(0)


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn around an app that every worker makes for itself, after the fork."""

    def __init__(self, make_app: Callable[[], "Flask"], port: int, **options: Any) -> None:
        self.make_app = make_app
        self.options = {
            "bind": f"{LOOPBACK}:{port}",
            "worker_class": QuickWorker,
            "workers": WORKERS,
            "threads": THREADS,
            "keepalive": KEEPALIVE,
            "timeout": 60,
            "graceful_timeout": ALL_STOP_WITHIN,
            "post_fork": stop_before_the_others,
            "worker_exit": leave_open_connections,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            **options,
        }
        super().__init__()

    def load_config(self) -> None:
        """Take the options, and none from the command line or the environment."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        """Make the app. Called in each worker."""
        return self.make_app()


def stop_before_the_others(_arbiter: Any, worker: Any) -> None:
    """Give a worker less time to stop than the arbiter gives it. Called in the worker."""
    worker.cfg.set("graceful_timeout", WORKER_STOPS_WITHIN)
    for name in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(name, lambda *_: os._exit(0))  # until it begins and sets its own


def leave_open_connections(_arbiter: Any, worker: Any) -> None:
    """End a worker that stops, without its threads that wait for a browser to say something."""
    # The arbiter calls this too, for a worker that is gone; one that never started tells why.
    if os.getpid() == worker.pid and worker.booted:
        os._exit(0)


def serve(make_app: Callable[[], "Flask"], port: int, **options: Any) -> None:
    """Serve until interrupted; never returns. The workers count failures together."""
    share_with_children()
    share_one_heap()
    Server(make_app, port, **options).run()


def refuse_taken(port: int) -> None:
    """Raise PortTaken when something listens there already."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOOPBACK, port))
        except OSError:
            raise PortTaken(port) from None


def free_port() -> int:
    """Return a port on which nothing listens at this moment."""
    with socket.socket() as attempt:
        attempt.bind((LOOPBACK, 0))
        port: int = attempt.getsockname()[1]
        return port


@contextmanager
def served(kind: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Serve ``bare`` or ``pages`` in a process of its own; yield its port and process id.

    Without docstrings in memory, as ``run.py serve`` does.
    """
    port = free_port()
    command = own_program("pb.trials.server", kind, str(folder), str(port), options=LEAN)
    process = subprocess.Popen(command, env=own_environment())  # noqa: S603 - our own
    try:
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def bare(folder: Path) -> "Flask":
    """Return the bare app of the benchmark."""
    from pb.trials.bare_limits import make_bare_app

    return make_bare_app(folder)


def pages(folder: Path) -> "Flask":
    """Return the app on the stores of the benchmark."""
    from pb.app import create_app
    from pb.foundation.clock import system_clock
    from pb.trials.installation import settings_in

    return create_app(settings_in(folder, **FOR_BENCHMARKS), system_clock)


FOR_BENCHMARKS = {"secret_key": "for benchmarks on this machine only", "secure_cookies": False}

if __name__ == "__main__":
    _, wanted, in_folder, on_port = sys.argv
    make = {"bare": bare, "pages": pages}[wanted]
    serve(lambda: make(Path(in_folder)), int(on_port))
