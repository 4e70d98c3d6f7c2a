"""A small HTTP client for benchmarks: keep-alive, loopback only, as light as can be.

It shares two cores with what it measures, so it parses no more than it must.
"""

import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"
LONGEST_WAIT = 30  # seconds
LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
COOKIE = re.compile(rb"^set-cookie: *([^=;]+)=([^;]*)", re.IGNORECASE | re.MULTILINE)
LOCATION = re.compile(rb"^location: *(\S+)", re.IGNORECASE | re.MULTILINE)


class BadAnswer(Exception):
    """The server closed the connection or answered something that is no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: its status, where it points to, its body, and how long it took."""

    status: int
    location: str
    body: bytes
    seconds: float


class Connection:
    """One connection with the cookies of one visitor. Opens again when the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask(f"GET {path} HTTP/1.1\r\n", b"")

    def post(self, path: str, fields: Mapping[str, str] | list[tuple[str, str]]) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        return self._ask(head, body)

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, head: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        origin = f"Host: {LOOPBACK}:{self._port}\r\nReferer: http://{LOOPBACK}:{self._port}/\r\n"
        cookie = f"Cookie: {cookies}\r\n" if cookies else ""
        message = f"{head}{origin}{cookie}\r\n".encode() + body
        began = time.perf_counter()
        try:
            answer = self._exchange(message)
        except (ConnectionError, BadAnswer):  # The server closed an idle connection.
            self.close()
            answer = self._exchange(message)
        return self._read(answer, time.perf_counter() - began)

    def _exchange(self, message: bytes) -> tuple[bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection((LOOPBACK, self._port), LONGEST_WAIT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            self._receive(received)
        head = bytes(received[:end])
        length = LENGTH.search(head)
        if length is None:
            raise BadAnswer("The answer has no length.")
        while len(received) < end + 4 + int(length[1]):
            self._receive(received)
        if b"\r\nConnection: close" in head:
            self.close()
        return head, bytes(received[end + 4 :])

    def _receive(self, received: bytearray) -> None:
        part = self._socket.recv(262_144) if self._socket else b""
        if not part:
            raise BadAnswer("The server closed the connection.")
        received += part

    def _read(self, answer: tuple[bytes, bytes], seconds: float) -> Answer:
        head, body = answer
        for name, value in COOKIE.findall(head):
            self.cookies[name.decode()] = value.decode()
        location = LOCATION.search(head)
        return Answer(
            status=int(head[9:12]),
            location=location[1].decode() if location else "",
            body=body,
            seconds=seconds,
        )


def wait_for(port: int, path: str) -> None:
    """Wait until a server answers. Raises TimeoutError after half a minute."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        connection = Connection(port)
        try:
            if connection.get(path).status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError("The server did not start.")
