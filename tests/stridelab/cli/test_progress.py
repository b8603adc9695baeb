"""Long work says how far it is: a bar for a person, a line now and then for a log."""

from __future__ import annotations

import pytest

from stridelab.cli import importing


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr(importing.time, "monotonic", lambda: now[0])
    with importing.progress("files") as advance:
        for done in range(1, 101):
            now[0] += 1
            advance(done, None, f"{done}.fit")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[0] == "5 files ..."
    assert len(captured.err.splitlines()) == 20


def test_a_person_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(importing, "on_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with importing.progress("files") as advance:
        advance(7, None, "[odd] name.fit")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "7 files" in captured.err
