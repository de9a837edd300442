"""Partner API of the individual offers."""
