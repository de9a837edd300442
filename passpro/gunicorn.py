"""How the web server runs everywhere: demo, compose file, benchmark (ADR 6)."""

workers = 2
threads = 4
worker_class = "gthread"
keepalive = 30
timeout = 60
# A worker starts afresh now and then: a leak never lasts.
max_requests = 50_000
max_requests_jitter = 5_000
