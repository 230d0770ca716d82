"""A tiny shop for the supervisor's tests: answers /readyz, and forks like a job worker does."""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Ready(BaseHTTPRequestHandler):
    """Answers 200 to everything."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


def main() -> None:
    """Play one part: web, worker (with a forked work-horse) or prepare."""
    part = sys.argv[1]
    if part == "web":
        ThreadingHTTPServer.allow_reuse_address = True
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
    elif part == "worker":
        os.fork()
        time.sleep(3_600)
    elif part == "fail":
        sys.exit("the migration is broken")
    print("prepared", flush=True)


if __name__ == "__main__":
    main()
