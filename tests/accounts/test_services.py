"""How the tests start other people's servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.accounts.services.process import Service, answers, program, run, scratch, wait_until
from tests.ports import free_port


def test_a_program_that_is_not_installed_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed; scripts/install-test-services"):
        program("no-such-server")


def test_in_continuous_integration_it_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"):
        program("no-such-server")


def _web(folder: Path, port: int) -> Service:
    command: list[str | Path] = [program("python3"), "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    return Service("web", command, folder=folder, ready=lambda: answers(port))


def test_a_service_answers_when_it_is_started_and_not_when_it_is_stopped(tmp_path: Path) -> None:
    port = free_port()
    with _web(tmp_path, port) as service:
        assert answers(port)
        service.stop()
        assert not answers(port)
        service.start()
        assert answers(port)
        service.kill()
        assert not service.running
    assert not answers(port)


def test_a_service_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    command: list[str | Path] = [program("sh"), "-c", "echo no such option; exit 3"]
    with pytest.raises(pytest.fail.Exception, match=r"broken does not start:\nno such option"):
        Service("broken", command, folder=tmp_path, ready=lambda: False).start()


def test_what_never_happens_fails_by_name() -> None:
    with pytest.raises(pytest.fail.Exception, match="the moon is blue"):
        wait_until(lambda: False, "the moon is blue", timeout_s=0.05)


def test_a_command_that_fails_shows_what_it_printed() -> None:
    assert run(["sh", "-c", "cat"], stdin="hello") == "hello"
    with pytest.raises(pytest.fail.Exception, match=r"sh ended with 4:\n.*oh no"):
        run(["sh", "-c", "echo oh no; exit 4"])


def test_a_scratch_folder_can_be_entered_by_others_and_goes_away() -> None:
    with scratch("scratch") as folder:
        (folder / "file").touch()
        assert folder.stat().st_mode & 0o777 == 0o755
    assert not folder.exists()
