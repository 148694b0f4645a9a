"""`soundings demo` without a terminal, and the settings an operator can get wrong."""

import socket
import subprocess
import sys

import pytest
import typer

from bot.app import build
from bot.cli.demo import run_demo
from bot.cli.show import MISUSED
from bot.errors import BadSetting
from bot.settings import Settings, read_settings


def test_the_demo_plays_to_its_end_and_stops():
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for scene in (
        "is waiting for GMC",
        "Due soon",
        "agenda digest",
        "What is not known",
        "The group meets",
        "Nothing is left running",
    ):
        assert scene in done.stdout
    assert not done.stderr


def test_a_port_in_use_is_said_at_once(capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(typer.Exit) as stopped:
        run_demo(port=taken.getsockname()[1], stay=True)
    assert stopped.value.exit_code == MISUSED
    assert "is in use. Choose another" in capsys.readouterr().err


def test_a_missing_token_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSetting, match="SLACK_BOT_TOKEN"):
        build(Settings())


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SOUNDINGS_PORT", "many"), ("SOUNDINGS_TICK_SECONDS", "0"), ("SOUNDINGS_PORT", "70000")],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting, match=variable):
        read_settings()


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    assert "canary" not in repr(read_settings())
