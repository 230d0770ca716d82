"""Deployment settings: what cannot be used is refused in one sentence that says the way out, and tells no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config
import run

ROOT = Path(config.ROOT)
WRONG = {
    "PORT": ("abc", "PORT must be a whole number from 1 to 65535"),
    "WEB_WORKERS": ("0", "WEB_WORKERS must be a whole number from 1 to 500"),
    "WEB_MAX_REQUESTS": ("-1", "WEB_MAX_REQUESTS must be a whole number"),
    "LOG_LEVEL": ("loud", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR"),
    "APP_ENV": ("prod", "APP_ENV must be one of development, production, testing"),
    "SITE_URL": ("shop.example", "SITE_URL must start with http://"),
    "ENCRYPTION_KEYS": ("hidden", 'ENCRYPTION_KEYS must look like "id:secret"'),
    "REDIS_URL": ("me:hidden@host", "REDIS_URL must start with redis://"),
    "MAIL_URL": ("me:hidden@host", "MAIL_URL must start with smtp://"),
    "DATABASE_URL": ("mysql://me:hidden@host/shop", "DATABASE_URL must start with postgresql://"),
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As little as a shop needs."""
    return {"COMPTOIR_HOME": str(tmp_path / "home")}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named(environment: dict[str, str], name: str) -> None:
    value, sentence = WRONG[name]
    with pytest.raises(config.ConfigError) as refusal:
        config.load({**environment, name: value})
    assert sentence in str(refusal.value)
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://me:hid/den@host/shop"),
        ("DATABASE_URL", "postgresql://me:hidden@[::x/shop"),
        ("REDIS_URL", "redis://me:hid/den@host:6379/0"),
    ],
)
def test_a_password_with_signs_of_its_own_is_explained(
    environment: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(config.ConfigError, match=f"{name} cannot be read.*%2F") as refusal:
        config.load({**environment, name: value})
    assert "hid" not in str(refusal.value)


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(config.ConfigError, match="cannot be used.*set COMPTOIR_HOME"):
        config.load({"COMPTOIR_HOME": str(tmp_path / "file")})
    with pytest.raises(config.ConfigError, match="cannot be used"):
        config.load({"COMPTOIR_HOME": "/proc/comptoir"})


@pytest.mark.parametrize(
    ("said", "demo"), [("0", False), ("No", False), ("FALSE", False), ("1", True), ("", True)]
)
def test_switches(environment: dict[str, str], said: str, demo: bool) -> None:
    assert config.load({**environment, "DEMO": said}).DEMO is demo


def test_what_this_version_does_not_use_is_said(environment: dict[str, str]) -> None:
    settings = config.load({**environment, "S3_BUCKET": "media", "SENTRY_DSN": ""})
    assert settings.UNUSED == ("S3_BUCKET",)
    assert any("S3_BUCKET" in line for line in run.greeting(settings))
    assert not any("S3_BUCKET" in line for line in run.greeting(config.load(environment)))


def test_production_has_no_demo_and_no_secret_of_its_own(environment: dict[str, str]) -> None:
    production = {**environment, "APP_ENV": "production", "DEMO": "1"}
    with pytest.raises(config.ConfigError, match="SECRET_KEY must be set to at least 32 random characters"):
        config.load(production)
    settings = config.load({**production, "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"})
    assert not settings.DEMO
    assert not any("comptoir-demo" in line for line in run.greeting(settings))


@pytest.mark.parametrize("program", [["run.py"], ["-m", "flask", "shop", "check-invariants"]])
def test_nobody_sees_a_traceback(tmp_path: Path, program: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], "COMPTOIR_HOME": str(tmp_path), "APP_ENV": "production"}
    done = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "SECRET_KEY must be set" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
