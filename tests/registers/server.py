"""A loopback server that speaks the protocols of the registers, and misbehaves at will."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Register:
    """`answers[path]`: (status, body), or made of the question; `moods` come first, one a call."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.moods: list[str] = []
        self.calls: list[tuple[str, Any, dict[str, str]]] = []
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    register: Register

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.register.calls.append((parts.path, asked, dict(self.headers)))
        mood = self.register.moods.pop(0) if self.register.moods else ""
        try:
            self._answer(parts.path, mood, asked)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client left before the end, as it should

    def do_POST(self) -> None:
        """A call that carries JSON; it is kept in the place of the question."""
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.register.calls.append((self.path, json.loads(text), dict(self.headers)))
        mood = self.register.moods.pop(0) if self.register.moods else ""
        try:
            self._answer(self.path, mood)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _answer(self, path: str, mood: str, asked: dict[str, str] | None = None) -> None:
        if mood == "slow":
            time.sleep(0.6)
        if mood == "cut":
            self.close_connection = True
            self.connection.close()
            return
        if mood == "drip":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"1\r\n \r\n")
                self.wfile.flush()
                time.sleep(0.05)
            return
        found = self.register.answers.get(path, (404, {"header": {"statut": 404}}))
        status, body = found(asked) if callable(found) else found
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        if mood.isdigit():
            status, text = int(mood), b"<html>oups</html>"
        if mood == "not json":
            text = b"<html>oups</html>"
        if mood == "endless":
            text = b" " * 2_000_000
        if mood == "list":
            text = b"[]"
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "60")
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        kind = "text/calendar; charset=utf-8" if isinstance(body, str) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: Any) -> None:
        """Silence."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, as it should when we are too slow, is no news."""


@contextmanager
def serve() -> Iterator[Register]:
    register = Register()
    handler = type("Handler", (_Handler,), {"register": register})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    register.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
