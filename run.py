"""Start the whole shop on this machine: `make run`.

The composition root of the processes: which programs make up a Comptoir and how each is
started. The machinery (servers, restarts, signals, checks) is `app/ops/supervisor`.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from dotenv import load_dotenv

import config
from app.ops.supervisor.preflight import hosts
from app.ops.supervisor.processes import die_with_parent
from app.ops.supervisor.shop import Plan, Program, Supervisor

ROOT = Path(__file__).resolve().parent
PROGRAMS = Path(sys.executable).parent
DEMO_PASSWORD = "comptoir-demo"
DEMO_PEOPLE = ("admin", "manager", "support", "seller", "customer")


def command(name: str, *arguments: str, statement_ms: int, by: str = "app.process") -> Program:
    """Describe a command of the shop that runs until it is stopped."""
    limits = {"STATEMENT_TIMEOUT_MS": str(statement_ms), "DATABASE_POOL": "5"}
    return Program(name, [sys.executable, "-m", by, *arguments], limits, waits=True)


def web(addresses: list[str], port: int) -> Program:
    """Describe the server that answers pages and sockets."""
    binds = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host in addresses]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        str(ROOT / "deploy" / "gunicorn.conf.py"),
        "-k",
        "gevent",
    ]
    for bind in binds:
        command += ["-b", bind]
    # gunicorn ends its workers itself when it gets SIGTERM.
    return Program("web", [*command, "app.wsgi:application"], death_signal=signal.SIGTERM)


def greeting(settings: config.Base) -> list[str]:
    """Compose what a person needs to know once the shop is ready."""
    lines = ["", f"Comptoir is ready: {settings.SITE_URL}", f"  back office      {settings.SITE_URL}/admin/"]
    if settings.UNUSED:
        lines += [f"  not used yet     {', '.join(settings.UNUSED)}: this version does without"]
    if settings.DEMO:
        people = ", ".join(f"{name}@comptoir.example" for name in DEMO_PEOPLE)
        lines += [f"  demo accounts    {people}", f"  their password   {DEMO_PASSWORD}"]
    lines += [f"  logs             {settings.COMPTOIR_HOME}/logs", "  stop             Ctrl-C"]
    return lines


def plan(settings: config.Base, host: str | None) -> Plan:
    """Put together the processes of one shop."""
    addresses = hosts(host)
    return Plan(
        home=Path(settings.COMPTOIR_HOME),
        folder=ROOT,
        addresses=addresses,
        port=settings.PORT,
        prepare=command("prepare", "shop", "prepare", statement_ms=0, by="flask"),
        programs=(
            web(addresses, settings.PORT),
            command("worker", "jobs", "work", statement_ms=600_000),
            command("outbox", "outbox", "run", statement_ms=60_000),
            command("cron", "cron", "run", statement_ms=60_000),
        ),
        greeting=greeting(settings),
    )


def main() -> int:
    """Run the shop until somebody stops it; return the exit code."""
    parser = argparse.ArgumentParser(description="Start the whole shop on this machine.")
    parser.add_argument("--with-parent", action="store_true", help="stop when the parent process is gone")
    if parser.parse_args().with_parent:
        die_with_parent(signal.SIGTERM)
    load_dotenv(ROOT / ".env")
    try:
        settings = config.load()
    except config.ConfigError as error:
        print(f"Comptoir cannot start. {error}", file=sys.stderr)
        return 1
    environment = {
        **os.environ,
        "APP_ENV": settings.ENV_NAME,
        "COMPTOIR_HOME": settings.COMPTOIR_HOME,
        "PORT": str(settings.PORT),
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
        "FLASK_APP": "app.bootstrap:create_app",
        "PATH": f"{PROGRAMS}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PYTHONUNBUFFERED": "1",
    }
    return Supervisor(plan(settings, os.environ.get("HOST")), environment).run()


if __name__ == "__main__":
    sys.exit(main())
