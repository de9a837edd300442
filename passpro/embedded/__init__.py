"""PostgreSQL and Redis from their wheels, started beside the checkout; standard library only.

`use(name)` is the one call most code needs: it starts (or joins) the servers called `name` unless
DATABASE_URL and REDIS_URL say where the real ones are, and puts both addresses in os.environ.
"""

from passpro.embedded.servers import CHECKOUT, EmbeddedError, erase, release, start, stop, use

__all__ = ["CHECKOUT", "EmbeddedError", "erase", "release", "start", "stop", "use"]
