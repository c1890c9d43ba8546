"""A policy server that is killed has lost nothing of what it counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import insert, select
from tests.faces.policy.conftest import Client, Serve, question

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd
from postroom.accounts.enforce.enforcement import enforcement
from postroom.settings import Accounts, Policy

ANNA = "anna@example.com"
SERVER = """
import sys
from pathlib import Path
from postroom.accounts.database.connect import Databases
from postroom.accounts.enforce.enforcement import enforcement
from postroom.faces.policy.server import PolicyServer
from postroom.settings import Accounts, Policy

databases = Databases.open(Accounts(), Path(sys.argv[1]))
server = PolicyServer(Policy(port=0), enforcement(Policy(), Accounts(), databases))
server.start()
print(server.port, flush=True)
"""


def end(instance: str) -> bytes:
    given = {"protocol_state": "END-OF-MESSAGE", "instance": instance, "sasl_username": ANNA, "recipient_count": "1"}
    return question(recipient="bert@far.example", size="100", **given)


def test_what_was_counted_survives_a_kill(tmp_path: Path, serve: Serve) -> None:
    databases = Databases.open(Accounts(), tmp_path)
    with databases.write() as unit:
        row = {"account": "@.", "kind": "outbound", "period": 86_400, "max_msgs": 3}
        unit.iredapd.execute(insert(iredapd.throttle).values(row))
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        client = Client(int(killed.stdout.readline()))
        for number in range(3):
            client.send(end(str(number)))
            assert client.read() == "DUNNO"
        killed.kill()
    client.close()
    it = iredapd.throttle_tracking.c
    with databases.read() as unit:
        assert unit.iredapd.execute(select(it.account, it.cur_msgs, it.cur_quota)).all() == [(ANNA, 3, 300)]
    server = serve(enforcement(Policy(), Accounts(), databases))
    again = Client(server.port)
    again.send(end("4"))
    assert again.read() == "REJECT Throttling quota exceeded"
    again.close()
    server.stop()
    databases.close()
