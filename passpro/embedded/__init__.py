"""PostgreSQL and Redis from their wheels, started beside the checkout; standard library only.

`default_to(name)` only writes the addresses, for settings that must load without a server.
`use(name)` is the one call most code needs: it starts (or joins) the servers called `name` unless
DATABASE_URL and REDIS_URL say where the real ones are, and puts both addresses in os.environ.
"""

from passpro.embedded.servers import (
    CHECKOUT,
    EmbeddedError,
    default_to,
    erase,
    release,
    start,
    stop,
    use,
)

__all__ = ["CHECKOUT", "EmbeddedError", "default_to", "erase", "release", "start", "stop", "use"]
