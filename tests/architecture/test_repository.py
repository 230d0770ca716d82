"""What the repository must not carry, and what must agree with something else in it."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import HIDDEN, ROOT, everything, text, where

# Written in pieces, so that this file passes its own rule.
PACKAGE_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|root|home/\w+)/")
MENTIONS_PATHS = {"deploy"}  # images and units name the folders of their own machine
SECRETS = re.compile(
    r"\b(?:sk_li" + "ve_|rk_li" + r"ve_|whsec_[A-Za-z0-9]{20}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY)"
)


def lines_matching(pattern: re.Pattern[str], skip: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Name the places where a pattern occurs."""
    return [
        where(path, number)
        for path in everything()
        if path.relative_to(ROOT).parts[0] not in skip
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_package_registry_is_named() -> None:
    assert lines_matching(re.compile("|".join(map(re.escape, PACKAGE_HOSTS)))) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert lines_matching(MACHINE_PATH, skip=MENTIONS_PATHS) == []


def test_no_secret_is_committed() -> None:
    assert lines_matching(SECRETS) == []


def test_python_locks_carry_hashes_and_name_every_direct_package() -> None:
    for name in ("requirements", "requirements-dev"):
        lock = text(ROOT / f"{name}.txt")
        pinned = {m.lower().replace("_", "-") for m in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.M)}
        wanted = re.findall(r"^([A-Za-z0-9._-]+)", text(ROOT / f"{name}.in"), re.M)
        assert {w.lower().replace("_", "-") for w in wanted if not w.startswith("-")} <= pinned
        assert lock.count("--hash=sha256:") >= len(pinned)


def test_node_lock_matches_and_carries_no_address() -> None:
    package = json.loads(text(ROOT / "package.json"))
    lock = json.loads(text(ROOT / "package-lock.json"))
    root = lock["packages"][""]
    assert root["dependencies"] == package["dependencies"]
    assert root["devDependencies"] == package["devDependencies"]
    packages = [v for k, v in lock["packages"].items() if k]
    assert all("integrity" in p and "resolved" not in p for p in packages)


def test_every_package_of_the_house_has_its_floor() -> None:
    contract = text(ROOT / ".importlinter")
    packages = [p.parent.name for p in (ROOT / "app").glob("*/__init__.py")]
    assert [name for name in packages if f"app.{name}" not in contract] == []
    features = [p.parent.name for p in (ROOT / "app").glob("*/operations*")]
    inside = contract.partition("contract:inside")[2].partition("contract:no-http")[0]
    assert sorted({name for name in features if f"app.{name}\n" not in inside} - {"core", "ops"}) == []


def test_import_contracts_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variable_that_is_read_is_in_the_example() -> None:
    example = set(re.findall(r"^([A-Z0-9_]+)=", text(ROOT / ".env.example"), re.M))
    settings = text(ROOT / "config.py") + text(ROOT / "run.py") + text(ROOT / "deploy" / "gunicorn.conf.py")
    reads = r'(?:read|environ\.get|environment\.get|whole_number)\((?:environment, )?"([A-Z0-9_]+)"'
    internal = {"COMPTOIR_PROCESS", "PROMETHEUS_MULTIPROC_DIR", "FORWARDED_ALLOW_IPS", "PATH"}
    assert set(re.findall(reads, settings)) - internal - example == set()


def test_every_variable_in_the_example_is_read_by_somebody() -> None:
    example = set(re.findall(r"^([A-Z0-9_]+)=", text(ROOT / ".env.example"), re.M))
    settings = text(ROOT / "config.py")
    later = set(re.findall(r'"([A-Z0-9_]+)"', settings.partition("LATER = (")[2].partition("\n)\n")[0]))
    assert example & later == set(), "what nothing reads is not offered"
    starters = settings + "".join(
        text(ROOT / name) for name in ("run.py", "deploy/gunicorn.conf.py", "deploy/process")
    )
    assert [name for name in sorted(example) if not re.search(rf"\b{name}\b", starters)] == []


def test_every_setting_that_is_read_is_used() -> None:
    kept = set(re.findall(r"^        self\.([A-Z0-9_]+)(?::[^=]+)? = ", text(ROOT / "config.py"), re.M))
    users = "".join(text(path) for path in (ROOT / "app").rglob("*.py")) + text(ROOT / "run.py")
    theirs = {"SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS", "UPLOAD_FOLDER",
              "IMG_UPLOAD_FOLDER", "IMG_UPLOAD_URL", "RATELIMIT_STORAGE_URI",
              "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", "WEB_WORKERS", "WEB_MAX_REQUESTS"}  # fmt: skip
    assert [name for name in sorted(kept - theirs) if not re.search(rf"\b{name}\b", users)] == []


def test_state_and_installed_files_are_ignored() -> None:
    ignored = text(ROOT / ".gitignore").splitlines()
    assert {f"/{name}/" for name in (".venv", "var", "node_modules")} <= set(ignored)
    assert ".venv" in HIDDEN
