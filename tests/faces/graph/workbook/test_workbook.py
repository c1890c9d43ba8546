"""Workbooks over HTTP: paths, statuses, versions, sessions, limits, and who may."""

from __future__ import annotations

import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openpyxl
import psutil
import pytest
from openpyxl.chart import BarChart, Reference
from python_calamine import CalamineWorkbook
from tests.faces.graph.graph_server import ANNA, Client, World
from tests.faces.graph.workbook.conftest import packed, put

PERSISTENT, PRIVATE = {"persistChanges": True}, {"persistChanges": False}


def session(anna: Client, item: str, body: dict[str, Any]) -> dict[str, str]:
    made = anna.done("POST", f"{item}/workbook/createSession", 201, json=body)
    assert made["persistChanges"] == body["persistChanges"]
    return {"workbook-session-id": made["id"]}


def cell(anna: Client, item: str, address: str = "A1", **options: Any) -> Any:
    found = anna.get(f"{item}/workbook/worksheets/Sheet1/range(address='{address}')?$select=values", **options)
    return found["values"][0][0]


def write(anna: Client, item: str, address: str, value: Any, **options: Any) -> Any:
    path = f"{item}/workbook/worksheets/Sheet1/range(address='{address}')"
    return anna.done("PATCH", path, 200, json={"values": value}, **options)


def downloaded(anna: Client, item: str) -> bytes:
    answer = anna("GET", f"{item}/content", follow_redirects=True)
    assert answer.status_code == 200
    return answer.content


def workers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if "workbooks.worker" in " ".join(command(one))]


def command(process: psutil.Process) -> list[str]:
    """Of one that has ended nothing is known: what other tests started may not have been waited for yet."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_what_is_written_is_a_new_version_that_others_read(anna: Client, item: str) -> None:
    before = anna.get(item)
    found = write(anna, item, "A1:B2", [[1, "=A1+1"], ["x", None]])
    assert found["@odata.type"] == "#microsoft.graph.workbookRange"
    assert found["@odata.context"].endswith("$metadata#microsoft.graph.workbookRange")
    assert found["values"] == [[1, 2], ["x", ""]]
    after = anna.get(item)
    assert after["eTag"] != before["eTag"]
    assert [one["id"] for one in anna.get(f"{item}/versions")["value"]] == ["2.0", "1.0"]
    read = CalamineWorkbook.from_filelike(io.BytesIO(downloaded(anna, item))).get_sheet_by_name("Sheet1").to_python()
    assert read == [[1.0, 2.0], ["x", ""]]


def test_reading_makes_no_version(anna: Client, item: str) -> None:
    before = anna.get(item)["eTag"]
    for path in ("", "/worksheets", "/worksheets/Sheet1/usedRange", "/tables", "/names", "/application", "/comments"):
        anna.get(f"{item}/workbook{path}")
    anna.done("POST", f"{item}/workbook/functions/sum", 200, json={"values": [1, 2]})
    anna.done("POST", f"{item}/workbook/application/calculate", 204, json={"calculationType": "Full"})
    assert anna.get(item)["eTag"] == before


def test_paths_are_taken_in_every_form(anna: Client, item: str) -> None:
    write(anna, item, "A1", 5)
    sheet = anna.get(f"{item}/workbook/worksheets")["value"][0]
    for path in (
        "worksheets('Sheet1')/cell(row=0,column=0)",
        f"worksheets/{sheet['id']}/range(address='Sheet1!A1')",
        f"worksheets('%7B{sheet['id'][1:-1]}%7D')/range(address='A1')",
        "worksheets/itemAt(index=0)/Range(Address=@a)?@a='A1'",
        "worksheets/sheet1/range(address='A1:B9')/lastCell/offsetRange(rowOffset=-8,columnOffset=-1)",
        "worksheets/Sheet1/microsoft.graph.usedRange(valuesOnly=true)",
    ):
        assert anna.get(f"{item}/workbook/{path}")["values"] == [[5]], path
    context = f"{anna.world.base}/v1.0/$metadata#"
    by_path = anna.get(item)["name"]
    found = anna.get(f"/me/drive/root:/{by_path}:/workbook/worksheets/Sheet1/range(address='A1')/text")
    assert found == {"@odata.context": f"{context}Edm.String", "value": [["5"]]}
    found = anna.get(f"/users/{ANNA.id}/drive/items/{item.rpartition('/')[2]}/workbook/tables")
    assert found == {"@odata.context": f"{context}Collection(microsoft.graph.workbookTable)", "value": []}


def test_creations_have_a_place_and_pages_a_link(anna: Client, item: str) -> None:
    at = f"{item}/workbook"
    write(anna, item, "A1:A3", [["h"], [1], [2]])
    made = anna("POST", f"{at}/tables/add", json={"address": "Sheet1!A1:A3", "hasHeaders": True})
    assert made.status_code == 201
    assert anna.world.http.get(made.headers["location"], headers={"Authorization": f"Bearer {anna.token}"}).json()[
        "name"] == "Table1"  # fmt: skip
    page = anna.get(f"{at}/tables/Table1/rows?$top=1&$count=true")
    assert (page["value"], page["@odata.count"]) == ([{"index": 0, "values": [[1]]}], 2)
    rest = anna.get(page["@odata.nextLink"].partition("/v1.0")[2])
    assert [one["index"] for one in rest["value"]] == [1]
    assert "@odata.nextLink" not in rest
    assert anna.refused("GET", f"{at}/tables/Table1/rows?$filter=index eq 1") == (400, "invalidRequest")
    assert anna.done("POST", f"{at}/tables/1/convertToRange", 200)["address"] == "Sheet1!A1:A3"
    anna.done("DELETE", f"{at}/tables/1", 404)


def test_a_private_session_keeps_its_changes_to_itself(anna: Client, item: str) -> None:
    write(anna, item, "A1", "file")
    before = anna.get(item)["eTag"]
    mine = session(anna, item, PRIVATE)
    write(anna, item, "A1", "mine", headers=mine)
    assert (cell(anna, item, headers=mine), cell(anna, item)) == ("mine", "file")
    for process in workers():
        process.kill()
    assert cell(anna, item, headers=mine) == "mine", "also when its process is gone"
    anna.done("POST", f"{item}/workbook/refreshSession", 204, headers=mine)
    anna.done("POST", f"{item}/workbook/closeSession", 204, headers=mine)
    assert anna.refused("GET", f"{item}/workbook/tables", headers=mine) == (404, "InvalidSession")
    assert (cell(anna, item), anna.get(item)["eTag"]) == ("file", before)


def test_a_persistent_session_shares_the_file(anna: Client, bert: Client, item: str) -> None:
    ours = session(anna, item, PERSISTENT)
    write(anna, item, "A1", 1, headers=ours)
    write(anna, item, "B1", 2)
    assert cell(anna, item, "B1", headers=ours) == 2
    assert anna.refused("GET", f"{item}/workbook/tables", headers={"workbook-session-id": "x"}) == (
        404,
        "InvalidSession",
    )
    assert anna.refused("POST", f"{item}/workbook/closeSession") == (400, "InvalidSession")
    other = put(bert, packed(openpyxl.Workbook()))
    assert bert.refused("GET", f"{other}/workbook/tables", headers=ours) == (404, "InvalidSession")


def test_what_others_put_is_read_and_written_over(anna: Client, item: str) -> None:
    write(anna, item, "A1", "old")
    changed = openpyxl.Workbook()
    changed.worksheets[0].title = "Sheet1"
    changed.worksheets[0]["A1"] = "put"
    anna.done("PUT", f"{item}/content", 200, content=packed(changed))
    assert cell(anna, item) == "put"
    write(anna, item, "B1", 1)
    assert cell(anna, item) == "put"


def test_writers_at_once_lose_nothing(anna: Client, item: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda row: write(anna, item, f"A{row}", row), range(1, 9)))
    found = anna.get(f"{item}/workbook/worksheets/Sheet1/range(address='A1:A8')")
    assert found["values"] == [[row] for row in range(1, 9)]


def test_a_change_that_fails_leaves_nothing_behind(anna: Client, item: str) -> None:
    write(anna, item, "A1:A3", [["h"], [1], [2]])
    before = anna.get(item)["eTag"]
    path = f"{item}/workbook/worksheets/Sheet1/range(address='A1:A3')"
    assert anna.refused("PATCH", path, json={"values": [["x"], ["y"], [{}]]}) == (400, "InvalidArgument")
    assert cell(anna, item) == "h"
    assert anna.get(item)["eTag"] == before


def test_a_worker_that_dies_costs_one_request(anna: Client, item: str) -> None:
    write(anna, item, "A1", 1)
    for process in workers():
        os.kill(process.pid, signal.SIGKILL)
    assert cell(anna, item) == 1
    write(anna, item, "A1", 2)
    assert cell(anna, item) == 2


def test_more_workbooks_than_may_be_open_take_turns(anna: Client) -> None:
    items = [put(anna, packed(openpyxl.Workbook())) for _ in range(4)]
    for item in (*items, items[0]):
        anna.get(f"{item}/workbook/worksheets")
    assert len(workers()) <= 3


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "worksheets/nothing", None, (404, "ItemNotFound")),
        ("GET", "nothing", None, (404, "ItemNotFound")),
        ("GET", "worksheets/Sheet1/range(address='ZZZZ1')", None, (400, "InvalidReference")),
        ("PATCH", "worksheets/Sheet1/range(address='A1:B1')", {"values": [[1]] * 3}, (400, "InvalidArgument")),
        ("PATCH", "worksheets/Sheet1/range(address='A1:Z9999')", {"values": 1}, (400, "requestSizeExceeded")),
        ("POST", "worksheets", {"name": "Sheet1"}, (409, "ItemAlreadyExists")),
        ("DELETE", "worksheets/Sheet1", None, (400, "InvalidOperation")),
        ("POST", "functions/besselI", {"x": 1, "n": 1}, (501, "UnsupportedOperation")),
        ("POST", "worksheets/Sheet1/charts/add", {"type": "Line"}, (501, "UnsupportedOperation")),
        ("PATCH", "worksheets/Sheet1", [1], (400, "BadRequest")),
        ("GET", "/".join(["worksheets"] * 60), None, (400, "InvalidArgument")),
    ],
)  # fmt: skip
def test_errors_have_the_names_of_excel(
    anna: Client, still: str, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    assert anna.refused(method, f"{still}/workbook/{path}", **({"json": body} if body is not None else {})) == expected


def test_what_cannot_be_computed_is_refused_and_no_fault_of_the_server(
    anna: Client, item: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"number": 10**300, "power": 3}
    assert anna.refused("POST", f"{item}/workbook/functions/power", json=body) == (400, "InvalidArgument")
    assert anna.refused("POST", f"{item}/workbook/functions/rand", json={})[0] == 501
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_what_is_no_workbook_is_refused(anna: Client) -> None:
    broken = put(anna, b"PK nothing")
    assert anna.refused("GET", f"{broken}/workbook/worksheets") == (400, "unsupportedWorkbook")
    text = put(anna, b"hello", "notes.txt")
    assert anna.refused("POST", f"{text}/workbook/createSession", json=PERSISTENT) == (400, "unsupportedWorkbook")
    assert anna.refused("GET", "/me/drive/root/workbook/worksheets") == (400, "unsupportedWorkbook")
    assert anna.refused("GET", "/me/drive/items/nothing/workbook/worksheets")[0] in (400, 404)


def test_a_file_with_a_chart_is_read_but_not_changed(anna: Client) -> None:
    made = openpyxl.Workbook()
    sheet: Any = made.worksheets[0]
    sheet["A1"] = 1
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=1))
    sheet.add_chart(chart, "C3")
    content = packed(made)
    item = put(anna, content)
    assert len(anna.get(f"{item}/workbook/worksheets/Sheet/charts")["value"]) == 1
    path = f"{item}/workbook/worksheets/Sheet/range(address='A1')"
    answer = anna("PATCH", path, json={"values": 2})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupportedWorkbook")
    assert "xl/charts/chart1.xml" in answer.json()["error"]["message"]
    assert downloaded(anna, item) == content


def test_others_need_the_file_to_be_shared(bert: Client, world: World, item: str) -> None:
    shared = f"/users/{ANNA.id}/drive/items/{item.rpartition('/')[2]}/workbook/worksheets"
    assert bert.refused("GET", shared)[0] in (403, 404)
    reader = world.caller(world.tokens.user(ANNA, "Files.Read"))
    reader.get(f"{item}/workbook/worksheets")
    assert reader.refused("POST", f"{item}/workbook/worksheets")[0] == 403


def test_a_range_of_fifty_thousand_cells_goes_there_and_back(anna: Client, item: str) -> None:
    rows = [[row * 50 + column for column in range(50)] for row in range(1000)]
    path = f"{item}/workbook/worksheets/Sheet1/range(address='A1:AX1000')"
    assert anna.done("PATCH", path, 200, json={"values": rows})["values"] == rows
    assert anna.get(f"{path}?$select=values")["values"] == rows
