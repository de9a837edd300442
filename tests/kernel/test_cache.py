"""The cache of production, on a real Redis."""

from django.conf import settings

from passpro.kernel.cache import RedisCache


def test_values_come_back_and_the_client_is_built_once():
    cache = RedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-cache"})

    assert cache.add("failures", 1, timeout=60)
    try:
        assert not cache.add("failures", 1, timeout=60)
        assert cache.incr("failures") == 2
        assert cache.get_many(["failures", "other"]) == {"failures": 2}
        assert cache._cache.get_client() is cache._cache.get_client(write=True)
    finally:
        cache.delete("failures")
