"""The commands in README and guides, run as they stand, by a user with some mail in an empty home directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest
from tests.cli.warm import commands
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
GUIDES = (
    "administering",
    "archiving",
    "backing-up",
    "directories",
    "instances",
    "jobs",
    "journaling",
    "microsoft365",
    "o365",
    "profiles",
    "proving",
    "receiving-mail",
    "recovering",
    "retention",
    "signing-in",
)
PAGES = ("README.md", *(f"docs/guides/{name}.md" for name in GUIDES))
MESSAGE = (
    "From: Bob <bob@example.org>\nSubject: New roof {0}\nDate: Sun, 1 Mar 2026 10:00:0{0} +0000\n\nIt costs {0}.\n"
)
SERVE = """if [ -n "${server-}" ]; then kill $server; wait $server; fi
exec 3< <(exec postroom serve)
server=$!
trap 'kill $server; wait $server' EXIT
read -r listening <&3
"""
PORTS = {
    "mailstore": "8463",
    "console": "8462",
    "spe": "8474",
    "spe_session": "8470",
    "iredadmin": "8464",
    "graph": "8443",
    "smtp": "2424",
    "journal": "2525",
}
NAMES = {"smtp": "lmtp_port", "journal": "smtp_port"}
SETTINGS = {api: f"POSTROOM_{api}_{NAMES.get(api, 'port')}".upper() for api in PORTS}


def script(page: str, ports: dict[str, str]) -> str:
    """All `sh` and `python` blocks of a page; what comes after `postroom serve` is for another terminal, and a second
    `postroom serve` means that the first one was ended. Python that follows Python goes on in the same program."""
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    runs = ((kind, "".join(code for _, code in run)) for kind, run in groupby(blocks, itemgetter(0)))
    whole = "".join(f"python - <<'END'\n{code}END\n" if kind == "python" else code for kind, code in runs)
    for api, port in PORTS.items():
        whole = re.sub(rf"(port=|127\.0\.0\.1:|127\.0\.0\.1\", ){port}", rf"\g<1>{ports[api]}", whole)
    return "set -eux\n" + re.sub(r"^postroom serve\n", lambda _: SERVE, whole, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with commands(tmp_path_factory.mktemp("warm")) as folder:
        yield folder


@pytest.fixture
def user(tmp_path: Path, programs: Path) -> dict[str, str]:
    """The environment of a user who has a Maildir and an mbox."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    for number in range(1, 4):
        (tmp_path / "Maildir" / "new" / f"{number}.host").write_text(MESSAGE.format(number))
    (tmp_path / "mail.mbox").write_text("From bob Sun Mar  1 10:00:00 2026\n" + MESSAGE.format(9) + "\n")
    foreign = ("POSTROOM_", "MAILSTORE_", "INSTANCES_", "IREDADMIN_", "ACCOUNT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    ports = {name: str(free_port()) for name in SETTINGS.values()}
    return kept | {"HOME": str(tmp_path), "PATH": path, **ports}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_works(page: str, user: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-c", script(page, {api: user[name] for api, name in SETTINGS.items()})],
        cwd=user["HOME"],
        env=user,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "postroom" in done.stderr


def test_links_of_all_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))]
    assert [(page.name, link) for page, link in links if not page.parent.joinpath(link).exists()] == []
    assert len(links) > 100


def test_readme_leads_to_every_guide() -> None:
    guides = {f"docs/guides/{page.name}" for page in (ROOT / "docs" / "guides").glob("*.md")}
    assert guides - set(re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text("utf-8"))) == set()
