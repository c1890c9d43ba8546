"""`postroom.testing` as somebody uses it who has a program for Microsoft Graph and pytest."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "local-graph.md"
CONFTEST = 'pytest_plugins = ["postroom.testing"]\n'
SETTINGS = '[pytest]\nfilterwarnings = ["error"]\n'.replace("[pytest]", "[tool.pytest.ini_options]")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with tests of somebody's own, who takes every warning for an error."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def passed(project: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    counted = re.search(r"(\d+) passed", done.stdout)
    return int(counted[1]) if counted else 0


def test_mail_is_delivered_read_and_sent(project: Path) -> None:
    (project / "test_mail.py").write_text("""
def test_it(graph):
    anna, bert = graph.user("anna@example.com", name="Anna"), graph.user("bert@example.com")
    graph.deliver(b"Subject: Hello\\r\\n\\r\\nHello", anna, "bert@example.com")
    account = graph.account(anna)
    (message,) = account.mailbox().inbox_folder().get_messages()
    assert message.subject == "Hello"
    message = account.new_message()
    message.to.add(bert.address)
    message.subject = "Back"
    message.send()
    found = graph.account(bert).mailbox().inbox_folder().get_messages()
    assert sorted(message.subject for message in found) == ["Back", "Hello"]
""")
    assert passed(project) == 1


def test_each_test_has_a_graph_of_its_own_and_all_share_that_of_the_session(project: Path) -> None:
    (project / "test_two.py").write_text("""
def test_first(graph, session_graph):
    assert graph.origin != session_graph.origin
    graph.user("anna@example.com")
    session_graph.user("anna@example.com", password="Correct-Horse-7")

def test_second(graph, session_graph):
    assert graph.accounts.mailboxes.find("anna@example.com") is None
    assert session_graph.accounts.mailboxes.find("anna@example.com") is not None
""")
    assert passed(project) == 2


def test_the_tests_of_the_guide_pass(project: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    tests = [block for block in blocks if "def test_" in block]
    for number, block in enumerate(tests):
        (project / f"test_{number}.py").write_text(block)
    assert passed(project) == sum(block.count("def test_") for block in tests) > 0
