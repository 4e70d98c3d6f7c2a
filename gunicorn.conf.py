"""How gunicorn serves pb: python3 run.py serve, or gunicorn wsgi:app in this folder.

Listens on the machine itself only; a reverse proxy with TLS stands in front. Web processes keep
no state, so more of them, on more machines, serve more people. Only wrong codes and passwords are
counted, in the memory of one machine, by all its workers together.
"""

import os

from pb.web.server_memory import share_one_heap

share_one_heap()

bind = os.environ.get("PB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("PB_WORKERS", "2"))
threads = int(os.environ.get("PB_THREADS", "8"))
worker_class = "gthread"

# Nobody may learn from a log who voted when: requests are not logged. Should somebody switch the
# log on from the command line, it still holds no address, no query and no browser.
accesslog = None
access_log_format = "%(t)s %(m)s %(s)s %(b)s %(L)s"
errorlog = "-"

timeout = 60  # seconds; the longest page is a count that is shown while it is published
graceful_timeout = 30
keepalive = 5
control_socket_disable = True  # one door less; the service manager restarts and stops
logger_class = "pb.web.server_log.LogWithoutAddresses"


def on_starting(_arbiter: object) -> None:
    """Make the table of failures before the workers, so that they count together."""
    from pb.web.failure_table import share_with_children

    share_with_children()
