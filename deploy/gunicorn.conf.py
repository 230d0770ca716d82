"""Settings of gunicorn for the shop; the address and the worker class come from the caller."""

import gc
import os
import shutil
from pathlib import Path

workers = int(os.environ.get("WEB_WORKERS") or 2)
worker_connections = 1_000
preload_app = False  # a connection or a random state must never be shared by a fork
timeout = 60  # a worker that does not answer its master for this long is replaced
graceful_timeout = 6
keepalive = 30
max_requests = int(os.environ.get("WEB_MAX_REQUESTS") or 20_000)  # a guard against slow leaks
max_requests_jitter = 2_000
accesslog = None  # the application logs each request as JSON, with its id
errorlog = "-"
loglevel = "warning"
proc_name = "comptoir-web"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
control_socket_disable = True  # workers are managed by signals alone


def on_starting(server):
    """Forget the counters of dead workers."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True, exist_ok=True)


def post_fork(server, worker):
    """Collect nothing while the application is loaded: none of it is garbage, and it costs a quarter of the start."""
    gc.disable()


def post_worker_init(worker):
    """Leave what was loaded out of later collections: it stays for the life of the worker.

    A page makes some thousand containers and hardly any cycles: to look at every 700 (Python's own number) costs 3 to
    8 % of it, and at every ten thousand keeps the memory as small.
    """
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def child_exit(server, worker):
    """Drop the gauges of a worker that ended, so that they are not counted for ever."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess  # only where metrics are collected

        multiprocess.mark_process_dead(worker.pid)
