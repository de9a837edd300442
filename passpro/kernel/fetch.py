"""Fetch a file from a web address that a person typed, without becoming their way inside.

The server asks in its own name, so an address must never reach what only the server reaches: each
host is resolved once, every address it has must be a public one, and the connection goes to the
very address that was checked (a name that changes its answer meanwhile gains nothing). Redirections
are followed by hand, each checked anew. One deadline covers the whole, one size bounds the body.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.core.cache import cache

from passpro.kernel.errors import DomainError

PORTS = {"http": 80, "https": 443}
MAX_ADDRESS = 2000
MAX_REDIRECTIONS = 3
TIMEOUT_SECONDS = 4.0
DEADLINE_SECONDS = 10.0
PER_MINUTE = 10
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchRefused(DomainError):
    """The address is not one we fetch, or did not give the file; `message` says which."""

    code = "fetch_refused"
    message = "Cette adresse ne répond pas : vérifiez-la, ou envoyez le fichier."
    http_status = 400


class TooManyFetches(FetchRefused):
    code = "too_many_fetches"
    message = "Vous avez demandé beaucoup d’adresses : attendez une minute, ou envoyez le fichier."
    http_status = 429


@dataclass(frozen=True, slots=True)
class Fetched:
    """`media_type` is what the other server says, in lower case and without parameters."""

    content: bytes
    media_type: str


def fetch(
    address: str, *, asked_by: str, max_bytes: int, media_types: tuple[str, ...] = ()
) -> Fetched:
    """The body behind a public web address, at most `max_bytes` long.

    With `media_types`, only these are accepted (beginnings, such as `image/`). `asked_by` names who
    asks: ten addresses a minute each. Slow: call it before any transaction. Raises FetchRefused,
    never anything else. Hosts of FETCH_TRUSTED_HOSTS (`host:port`) are reached even when private.
    """
    _count(asked_by)
    until = time.monotonic() + DEADLINE_SECONDS
    for _ in range(MAX_REDIRECTIONS + 1):
        parts = _checked(address)
        try:
            answer = _once(parts, max_bytes, media_types, until)
        except (OSError, http.client.HTTPException, ValueError):
            # Refused, silent, broken: one sentence, so that nobody maps a network with it.
            raise FetchRefused from None
        if isinstance(answer, Fetched):
            return answer
        address = urljoin(address, answer)
    raise FetchRefused("Cette adresse renvoie vers trop d’autres : donnez celle du fichier.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What another service answered, whatever its status."""

    status: int
    content: bytes


def post(address: str, body: bytes, headers: dict[str, str], *, max_bytes: int = 65_536) -> int:
    """Send `body` to a public web address; the status it answered with, below 300.

    No redirection is followed. Slow: never inside a lock that people wait for. Raises FetchRefused
    for a private address and for any other answer, silence or breakdown.
    """
    reply = exchange(address, body, headers, max_bytes=max_bytes)
    if not 200 <= reply.status < 300:
        raise FetchRefused(f"Réponse {reply.status}.")
    return reply.status


def exchange(
    address: str,
    body: bytes,
    headers: dict[str, str],
    *,
    max_bytes: int = 65_536,
    seconds: float = DEADLINE_SECONDS,
) -> Reply:
    """Send `body` and read the whole answer within `seconds`; any status is an answer.

    Same rules as `post`; raises FetchRefused for a private address, silence or breakdown.
    """
    until = time.monotonic() + seconds
    parts = _checked(address)
    target = parts.path or "/"
    try:
        with _connection(parts, until) as connection:
            connection.request(
                "POST",
                f"{target}?{parts.query}" if parts.query else target,
                body=body,
                headers={"User-Agent": "PassPro", **headers},
            )
            response = connection.getresponse()
            content = _body(response, max_bytes, until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchRefused(f"Pas de réponse : {type(error).__name__}.") from None
    return Reply(response.status, content)


def _count(asked_by: str) -> None:
    key = f"fetch:{asked_by}"
    cache.add(key, 0, 60)
    try:
        asked = cache.incr(key)
    except ValueError:  # the minute ended in between
        return
    if asked > PER_MINUTE:
        raise TooManyFetches


def _checked(address: str) -> SplitResult:
    """The parts of an http(s) address that we are willing to ask."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or len(address) > MAX_ADDRESS or parts.scheme not in PORTS:
        raise FetchRefused("Saisissez une adresse web complète, qui commence par https://.")
    if parts.username is not None or parts.password is not None:
        raise FetchRefused("L’adresse contient un mot de passe : donnez une adresse publique.")
    if port not in {None, *PORTS.values()} and not _is_trusted(host, port):
        raise FetchRefused("Cette adresse n’est pas publique : envoyez le fichier.")
    return parts


def _is_trusted(host: str, port: int | None) -> bool:
    return f"{host}:{port}" in settings.FETCH_TRUSTED_HOSTS


def _public_addresses(host: str, port: int) -> list[str]:
    """The addresses of the host, once all of them are known to be public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not _is_trusted(host, port) and not all(map(is_public, addresses)):
        raise FetchRefused("Cette adresse n’est pas publique : envoyez le fichier.")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address, or the IPv4 address it carries, belongs to the public Internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _once(
    parts: SplitResult, max_bytes: int, media_types: tuple[str, ...], until: float
) -> Fetched | str:
    """One question: the file, or where it has moved."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    with _connection(parts, until) as connection:
        connection.request(
            "GET",
            f"{path}?{query}" if query else path,
            headers={"Accept": "image/*,*/*;q=0.1", "User-Agent": "PassPro (+image)"},
        )
        response = connection.getresponse()
        location = response.getheader("Location")
        if response.status in {301, 302, 303, 307, 308} and location:
            return location
        if response.status != 200:
            raise FetchRefused
        media_type = response.headers.get_content_type()
        if media_types and not media_type.startswith(media_types):
            raise FetchRefused(
                "Cette adresse mène à une page et non à un fichier : ouvrez l’image seule dans "
                "votre navigateur, puis copiez son adresse."
                if media_type == "text/html"
                else "Le fichier de cette adresse n’est pas du type attendu."
            )
        return Fetched(_body(response, max_bytes, until), media_type)


def _body(response: http.client.HTTPResponse, max_bytes: int, until: float) -> bytes:
    too_long = FetchRefused(f"Le fichier dépasse {max_bytes // 1024**2} Mo.")
    if (response.length or 0) > max_bytes:
        raise too_long
    content = bytearray()
    while chunk := response.read1(65_536):
        content += chunk
        if len(content) > max_bytes:
            raise too_long
    if time.monotonic() > until:
        raise TimeoutError
    if response.length:  # fewer bytes than announced
        raise http.client.IncompleteRead(bytes(content[:0]))
    return bytes(content)


@contextmanager
def _connection(parts: SplitResult, until: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was checked, cut at the deadline whatever happens."""
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = PORTS[parts.scheme]
    connection.sock = _opened(_public_addresses(host, port), port, until)
    # A server that drips one byte every second never meets the time-out of a socket.
    cut = threading.Timer(max(until - time.monotonic(), 0), _shut, (connection,))
    cut.daemon = True
    cut.start()
    try:
        if parts.scheme == "https":
            secure = ssl.create_default_context().wrap_socket(
                connection.sock, server_hostname=host, do_handshake_on_connect=False
            )
            connection.sock = secure
            secure.do_handshake()
        yield connection
    finally:
        cut.cancel()
        connection.close()


def _opened(addresses: list[str], port: int, until: float) -> socket.socket:
    """A socket to the first address that answers."""
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        with suppress(OSError):
            return socket.create_connection((address, port), min(TIMEOUT_SECONDS, left))
    raise TimeoutError


def _shut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError, TypeError):  # closed meanwhile
        # The plain method: the one of a TLS socket would have the rest read undeciphered.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
