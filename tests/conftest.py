"""What every test may use."""

from tests.cast import browse, cast

__all__ = ["browse", "cast"]
