"""Programs in `typed/` are read by mypy --strict: what they get has a type, and mistakes are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import O365

TYPED: Final = Path(__file__).parent / "typed"
PACKAGE: Final = Path(O365.__file__).parent.parent
HEAD: Final = """\
from O365.mailbox import MailBox
from O365.message import Message


def work(mailbox: MailBox, message: Message) -> None:
"""
MISTAKES: Final = {
    "message.subjcet": 'has no attribute "subjcet"',
    "message.subject + 1": "Unsupported operand types",
    "message.received.year": 'has no attribute "year"',
    "message.reply().send()": 'has no attribute "send"',
    "message.has_attachments()": '"bool" not callable',
    "[folder.subject for folder in mailbox.get_folders()]": 'has no attribute "subject"',
    "mailbox.get_messages(limit='many')": 'incompatible type "str"',
    "mailbox.get_messages(filter='x')": "Unexpected keyword argument",
    "mailbox.delete_message(3)": 'incompatible type "int"',
    "mailbox.new_query().equals('a') + 1": "Unsupported operand types",
}


def said(folder: Path, *files: Path) -> list[str]:
    """What mypy says, with no settings but these."""
    settings = folder / "none.ini"
    settings.write_text(f"[mypy]\nmypy_path = {PACKAGE}\nignore_missing_imports = true\nfollow_imports = silent\n")
    options = ["--config-file", str(settings), "--cache-dir", str(folder / "cache"), "--no-error-summary", "--strict"]
    command = [sys.executable, "-m", "mypy", *options, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout.splitlines()


def test_programs_get_the_types_that_they_expect_and_mistakes_are_found(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(HEAD + "".join(f"    {line}\n" for line in MISTAKES))
    found = said(tmp_path, program, *sorted(TYPED.glob("*.py")))
    first = HEAD.count("\n") + 1
    for number, (line, words) in enumerate(MISTAKES.items(), first):
        about = [text for text in found if f"program.py:{number}: error" in text]
        assert any(words in text for text in about), (line, about)
    assert [text for text in found if "program.py" not in text] == []
