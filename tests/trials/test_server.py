"""The server of the trials: it stops when it is asked to, whatever browsers still hold open."""

import signal
import socket
import subprocess
import time
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from pb.trials import commands
from pb.trials.http_client import wait_for
from pb.trials.processes import own_environment, own_program
from pb.trials.server import LOOPBACK, PortTaken, free_port, refuse_taken

PAGE = b"GET /row HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_server_stops_quickly_and_quietly_while_a_browser_is_open(tmp_path, stop):
    port = free_port()
    process = subprocess.Popen(
        own_program("pb.trials.server", "bare", str(tmp_path), str(port)),
        env=own_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(port, "/cards")
    with ExitStack() as browser:
        for request in (PAGE, PAGE, PAGE, b"", b"", b""):
            connection = socket.create_connection((LOOPBACK, port))
            browser.enter_context(connection).sendall(request)

        started = time.monotonic()
        process.send_signal(stop)
        told = process.communicate(timeout=40)[1]

    assert "SIGKILL" not in told
    assert time.monotonic() - started < 5


def test_a_taken_port_is_told_in_the_language_of_the_command_line():
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken):
            refuse_taken(port)
        ended = CliRunner().invoke(commands.demo, ["--port", str(port)])

    assert ended.exit_code == 1
    assert ended.stderr == f"Port {port} is taken. Choose another with --port.\n"
