"""How the web server runs, in the demo, in production and in the benchmark (docs/adr/0006).

WEB_CONCURRENCY sets the processes: about one a core. Each thread keeps one database connection,
so processes × threads must stay well below PostgreSQL's max_connections.
"""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once and shared; nothing is connected before the first request.
preload_app = True
# Connections of ticketing software stay open between calls; longer than the proxy's own delay.
keepalive = 75
timeout = 60
graceful_timeout = 20
loglevel = "warning"
# gunicorn would open a control socket in the home folder, shared by every installation.
control_socket_disable = True
