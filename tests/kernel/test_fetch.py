"""The fetcher asks a loopback server that is declared trusted; the rest is as in production."""

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from django.core.cache import cache
from PIL import Image

from passpro.kernel import fetch as fetcher
from passpro.kernel import images
from passpro.kernel.actor import SYSTEM
from passpro.kernel.fetch import FetchRefused, fetch, is_public


class _Handler(BaseHTTPRequestHandler):
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def do_GET(self):
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"x")
                    time.sleep(0.02)
            except OSError:
                pass
            return
        status, headers, body = self.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *args):
        pass


@contextmanager
def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def host(settings, monkeypatch):
    cache.clear()
    monkeypatch.setattr(_Handler, "pages", {})
    with serve() as running:
        settings.FETCH_TRUSTED_HOSTS = [running]
        yield running


def ask(address, **options):
    return fetch(address, **{"asked_by": "USER:1", "max_bytes": 1000, **options})


def test_a_file_is_fetched_through_a_redirection(host):
    _Handler.pages = {
        "/old": (302, {"Location": "/new?size=1"}, b""),
        "/new?size=1": (200, {"Content-Type": "image/PNG; x=1"}, b"picture"),
    }
    found = ask(f"http://{host}/old", media_types=("image/",))
    assert (found.content, found.media_type) == (b"picture", "image/png")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://[::ffff:10.0.0.1]/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/a.png",
        "http://0/a.png",
        "http://93.184.216.34:6379/a.png",
        "http://user:secret@example.org/a.png",
        "ftp://example.org/a.png",
        "file:///etc/passwd",
        "https:///a.png",
        "http://[bad/a.png",
    ],
)
def test_what_only_the_server_reaches_is_refused(address, monkeypatch):
    # As a resolver reads them: numbers are addresses too.
    said = {"localhost": "127.0.0.1", "2130706433": "127.0.0.1", "0": "0.0.0.1"}

    def answers(host, port, **options):
        return [(0, 0, 0, "", (said.get(host, host), port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    cache.clear()
    with pytest.raises(FetchRefused):
        ask(address)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:a00:1::", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


def test_a_redirection_inside_is_refused(host):
    _Handler.pages = {
        "/in": (302, {"Location": "http://127.0.0.1:80/"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
    }
    with pytest.raises(FetchRefused, match="pas publique"):
        ask(f"http://{host}/in")
    with pytest.raises(FetchRefused, match="trop d’autres"):
        ask(f"http://{host}/round")


def test_one_private_answer_among_public_ones_is_enough_to_refuse(monkeypatch):
    def answers(*args, **kwargs):
        return [(0, 0, 0, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]

    cache.clear()
    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(FetchRefused, match="pas publique"):
        ask("http://two-faces.example/a.png")


def test_too_much_too_slow_or_something_else_is_refused(host, monkeypatch):
    _Handler.pages = {
        "/told": (200, {"Content-Type": "image/png", "Content-Length": "2000"}, b""),
        "/untold": (200, {"Content-Type": "image/png"}, b"x" * 2000),
        "/short": (200, {"Content-Type": "image/png", "Content-Length": "20"}, b"x"),
        "/page": (200, {"Content-Type": "text/html"}, b"<p>"),
    }
    monkeypatch.setattr(fetcher, "DEADLINE_SECONDS", 0.3)
    for path, said in [
        ("/told", "dépasse"),
        ("/untold", "dépasse"),
        ("/short", "ne répond pas"),
        ("/page", "une page"),
        ("/none", "ne répond pas"),
        ("/drip", "ne répond pas"),
    ]:
        with pytest.raises(FetchRefused, match=said):
            ask(f"http://{host}{path}", media_types=("image/", "text/plain", "application/"))


def test_a_person_asks_ten_times_a_minute(host):
    for _ in range(fetcher.PER_MINUTE):
        with pytest.raises(FetchRefused, match="ne répond pas"):
            ask(f"http://{host}/none")
    with pytest.raises(fetcher.TooManyFetches):
        ask(f"http://{host}/none")


def test_an_image_comes_from_its_web_address(host, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    file = BytesIO()
    Image.new("RGB", (900, 600), "red").save(file, "PNG")
    kind = {"Content-Type": "image/png"}
    _Handler.pages = {"/a.png": (200, kind, file.getvalue()), "/b.png": (200, kind, b"broken")}

    made = images.make(frame=images.LANDSCAPE, by=SYSTEM, address=f"http://{host}/a.png")
    assert made.crop == images.Crop(0, 0, 1)
    for path in ("b", "c"):
        with pytest.raises(images.ImageRefused) as refused:
            images.make(frame=images.LANDSCAPE, by=SYSTEM, address=f"http://{host}/{path}.png")
        assert refused.value.field == "address"
