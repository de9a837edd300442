"""One table of speeds and ratios: through HTTP, in process, in bare psycopg."""

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Iterator

from django.core.management import call_command
from django.db import connection

from bench import bare, client, data, pages, servers
from bench.sessions import CSRF_SECRET, cookie_of
from bookings.services.book import book_offer
from bookings.services.countermark import look_up, validate_countermark
from passpro.kernel.actor import Actor
from venues.services.api_keys import issue_api_key

CLIENTS = (1, 8, 32)
PEOPLE, STOCKS, BOOKINGS = 250, 250, 60_000
AIMS = {"check": 500, "validate": 300, "book": 250}


class Stock:
    """Hands out what each run consumes, so that no countermark or place is used twice."""

    def __init__(self) -> None:
        self.stage = data.build(people=PEOPLE, stocks=STOCKS, bookings=BOOKINGS)
        self.marks = iter(self.stage.countermarks)
        self.pairs = self._pairs()
        # A zero is never drawn: none of these is taken.
        self.fresh = ("0" + data.countermark(n * 7919)[:5] for n in range(BOOKINGS * 3))
        self.cookies = {person.pk: cookie_of(person) for person in self.stage.people}
        _, raw = issue_api_key(
            offerer_id=self.stage.offerer.pk,
            label="banc",
            user=self.stage.owner,
            by=Actor.user(self.stage.owner),
        )
        self.key = {"Authorization": f"Bearer {raw}"}

    def _pairs(self) -> Iterator:
        """(stock, person) pairs, neighbours on different rows."""
        for shift in range(PEOPLE):
            for n, stock in enumerate(self.stage.stocks):
                yield stock, self.stage.people[(n + shift) % PEOPLE]

    def take(self, source: Iterator, count: int) -> list:
        return [next(source) for _ in range(count)]


def in_threads(function: Callable, jobs: list, clients: int) -> float:
    """Calls a second of `function(job)` over threads of this one process."""
    queue, lock = list(jobs), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not queue:
                    break
                job = queue.pop()
            function(job)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(jobs) / (time.perf_counter() - started)


def over_http(port: int, requests: list[bytes], expected: int, *, clients: int) -> client.Outcome:
    outcome = client.run(port, requests, clients)
    if set(outcome.statuses) != {expected}:
        raise SystemExit(f"Unexpected answers: {outcome.statuses}")
    return outcome


def booking_request(stock: Stock, pair: tuple) -> bytes:
    """The last step of the three, as the page sends it."""
    line, person = pair
    body = f"csrfmiddlewaretoken={CSRF_SECRET}&date={line.pk}&places=1".encode()
    headers = {
        "Cookie": stock.cookies[person.pk],
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return client.request_bytes("POST", f"/app/offre/{line.offer_id}/reserver", headers, body)


def requests_of(stock: Stock, case: str, count: int) -> tuple[list[bytes], int]:
    """`count` calls of a use case, each on a booking or a person of its own; the status awaited."""
    if case == "book":
        return [booking_request(stock, pair) for pair in stock.take(stock.pairs, count)], 302
    method, path, status = {
        "check": ("GET", "/v2/bookings/token/", 200),
        "validate": ("PATCH", "/v2/bookings/use/token/", 204),
    }[case]
    marks = stock.take(stock.marks, count)
    return [client.request_bytes(method, path + mark, stock.key) for mark in marks], status


def measure(stock: Stock, port: int, clients: int, count: int) -> dict[str, dict[str, float]]:
    """Calls a second of each use case: through HTTP, in process, and in bare psycopg."""
    dsn = {k: v for k, v in connection.get_connection_params().items() if k in DSN}
    api = stock.stage.offerer.pk
    key = Actor.api_key("bench")
    marks = stock.take(stock.marks, count)

    def book(pair: tuple) -> None:
        line, person = pair
        book_offer(beneficiary=person, stock_id=line.pk, quantity=1, by=Actor.user(person))

    def look(mark: str) -> None:
        look_up(countermark=mark, by=key, offerer_id=api)

    def use(mark: str) -> None:
        validate_countermark(countermark=mark, by=key, offerer_id=api)

    bare_bookings = [
        (line.pk, person.pk, mark)
        for (line, person), mark in zip(
            stock.take(stock.pairs, count), stock.take(stock.fresh, count), strict=True
        )
    ]
    checked, validated, booked = (
        over_http(port, *requests_of(stock, case, count), clients=clients) for case in AIMS
    )
    return {
        "check": {
            "http": checked.per_second,
            "p95": checked.percentile_ms(0.95),
            "process": in_threads(look, marks, clients),
            "bare": bare.per_second(dsn, bare.check, marks, clients),
        },
        "validate": {
            "http": validated.per_second,
            "p95": validated.percentile_ms(0.95),
            "process": in_threads(use, stock.take(stock.marks, count), clients),
            "bare": bare.per_second(dsn, bare.validate, stock.take(stock.marks, count), clients),
        },
        "book": {
            "http": booked.per_second,
            "p95": booked.percentile_ms(0.95),
            "process": in_threads(book, stock.take(stock.pairs, count), clients),
            "bare": bare.per_second(dsn, bare.book, bare_bookings, clients),
        },
    }


DSN = {"dbname", "user", "password", "host", "port"}


def table(stock: Stock, server: str, *, runs: int, count: int) -> None:
    """Print the median of several runs, one line a use case and number of clients."""
    print(f"\n{server}, median of {runs} runs of {count} calls, per second\n")
    print(f"{'use case':10}{'clients':>8}{'HTTP':>9}{'p95 ms':>9}{'process':>9}{'bare':>9}"
          f"{'HTTP/bare':>11}{'aim':>7}")  # fmt: skip
    with servers.running(server) as port:
        measure(stock, port, 8, 200)  # warm up: every thread connects and prepares
        for clients in CLIENTS:
            results = [measure(stock, port, clients, count) for _ in range(runs)]
            for case, aim in AIMS.items():
                row = {
                    name: statistics.median(result[case][name] for result in results)
                    for name in ("http", "p95", "process", "bare")
                }
                print(f"{case:10}{clients:>8}{row['http']:>9.0f}{row['p95']:>9.1f}"
                      f"{row['process']:>9.0f}{row['bare']:>9.0f}"
                      f"{row['http'] / row['bare']:>11.2f}{aim:>7}")  # fmt: skip


def compare(stock: Stock, *, runs: int, count: int) -> None:
    """One line a server: calls a second through HTTP; each round goes through all of them."""
    names = [name for name in servers.CANDIDATES if servers.is_installed(name)]
    columns = [(case, clients) for case in AIMS for clients in CLIENTS[1:]]
    speeds: dict[tuple, list[float]] = {}
    for _ in range(runs):
        for name in names:
            with servers.running(name) as port:
                for case in AIMS:  # every thread connects and prepares
                    over_http(port, *requests_of(stock, case, 200), clients=8)
                for case, clients in columns:
                    outcome = over_http(port, *requests_of(stock, case, count), clients=clients)
                    speeds.setdefault((name, case, clients), []).append(outcome.per_second)
    print(f"\nHTTP calls a second, median of {runs} rounds of {count} calls\n")
    print(f"{'server':32}" + "".join(f"{f'{case} ×{clients}':>14}" for case, clients in columns))
    for name in names:
        medians = (statistics.median(speeds[(name, *column)]) for column in columns)
        print(f"{name:32}" + "".join(f"{value:>14.0f}" for value in medians))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=600, help="calls of a run")
    parser.add_argument("--compare-servers", action="store_true")
    parser.add_argument("--pages", action="store_true", help="server time of the portal's pages")
    options = parser.parse_args()
    # From nothing: what an older schema or an older run left must not weigh in.
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    if options.pages:
        pages.measure()
        return
    stock = Stock()
    if options.compare_servers:
        compare(stock, runs=options.runs, count=options.count)
    else:
        table(stock, servers.CHOSEN, runs=options.runs, count=options.count)
