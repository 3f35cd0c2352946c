from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.house.test_layout import tracked

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_the_steps_of_the_image_make_a_gateway_in_an_empty_environment(tmp_path: Path) -> None:
    for name in tracked():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
            target.chmod((ROOT / name).stat().st_mode)
    bare = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)}
    built = subprocess.run(
        ["deploy/docker/build.sh", str(tmp_path)], cwd=tmp_path, env=bare, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    labedge = str(tmp_path / ".venv" / "bin" / "labedge")
    checked = subprocess.run(
        [labedge, "check", "--config", "deploy/config.example.toml"],
        cwd=tmp_path, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert list((tmp_path / "api" / "pages" / "static" / "vendor").iterdir())
