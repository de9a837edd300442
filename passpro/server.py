"""`python -m passpro.server`: the web server of the demo, of production and of the benchmark.

WEB_CONCURRENCY sets the processes, about one a core; WEB_THREADS the threads of each. Each thread
keeps one database connection: processes × threads must stay well below PostgreSQL's
max_connections. Chosen by measure: docs/adr/0006.
"""

import argparse
import os

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels


def main() -> None:
    """Serve until SIGTERM or SIGINT; requests under way are given 10 s to end."""
    parser = argparse.ArgumentParser(prog="python -m passpro.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    Granian(
        "passpro.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=int(os.environ.get("WEB_CONCURRENCY", "2")),
        blocking_threads=int(os.environ.get("WEB_THREADS", "2")),
        # A thread that ends takes its database connection along: the longest life there is.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
