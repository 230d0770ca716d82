"""What the supervisor keeps in COMPTOIR_HOME besides data: secrets and the servers' addresses."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

SERVICES = "services.json"


def secret(home: Path, name: str) -> str:
    """Return a secret that is made once per home and readable by its owner only."""
    path = home / name
    home.mkdir(parents=True, exist_ok=True)
    part = home / f".{name}.{os.getpid()}"
    if not path.exists():
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        with contextlib.suppress(FileExistsError):  # another process was first: then theirs counts
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()


def publish_services(home: Path, addresses: Mapping[str, str]) -> None:
    """Tell other programs of this home (the command line) where the running servers are."""
    part = home / f".{SERVICES}.{os.getpid()}"
    part.write_text(json.dumps(dict(addresses)))
    part.rename(home / SERVICES)


def withdraw_services(home: Path) -> None:
    """Say that the servers have stopped."""
    (home / SERVICES).unlink(missing_ok=True)


def services(home: Path) -> dict[str, str]:
    """Return the addresses of the running servers, empty when none run."""
    try:
        found = json.loads((home / SERVICES).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
