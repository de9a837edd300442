"""A small HTTP/1.1 load client on loopback: keep-alive, bounded in count, as lean as possible.

It shares the machine with the server, so what it saves goes to what is measured.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Answers of one run: seconds in total, seconds per request, how often each status came."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method in {"POST", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lowered = head.lower()
    closing = b"connection: close" in lowered
    if b"transfer-encoding: chunked" in lowered:
        while (size := int((await reader.readline()).strip(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    elif (at := lowered.find(b"content-length:")) >= 0:
        await reader.readexactly(int(lowered[at + 15 : lowered.index(b"\r\n", at)]))
    return status, closing


async def _worker(port: int, queue: list[bytes], outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while queue:
        request = queue.pop()
        started = time.perf_counter()
        writer.write(request)
        status, closing = await _read_answer(reader)
        outcome.latencies.append(time.perf_counter() - started)
        outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        if closing and queue:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def run(port: int, requests: Iterable[bytes], clients: int) -> Outcome:
    """Send every request once, shared among `clients` connections, and wait for every answer."""

    async def all_workers() -> Outcome:
        outcome, queue = Outcome(), list(requests)
        started = time.perf_counter()
        await asyncio.gather(*(_worker(port, queue, outcome) for _ in range(clients)))
        outcome.seconds = time.perf_counter() - started
        return outcome

    return asyncio.run(all_workers())
