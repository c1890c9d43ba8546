"""What is made from the contract: methods and reference page."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from scripts.generate_iredadmin import FILES, ROOT, iterated, paged, params, resources
from scripts.iredadmin_page import combinations

import iredadmin
from iredadmin import Client, aio
from iredadmin.contract import ROUTES, Route

URL = "https://mail.example.com"
ROWS = [route for _, routes in resources() for route in routes]
KINDS = [Client, aio.Client]


@pytest.mark.parametrize("name", [name for name, _ in FILES])
def test_generated_file_is_fresh(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == dict(FILES)[name]()


def signature(kind: type, route: Route, action: str) -> inspect.Signature:
    return inspect.signature(getattr(getattr(kind(URL, "a@example.com", "x"), route.resource), action))


@pytest.mark.parametrize("kind", KINDS)
def test_every_route_but_the_session_s_has_a_method_with_the_names_of_its_row(kind: type) -> None:
    for route in ROWS:
        found = signature(kind, route, route.action).parameters.values()
        positional = [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]
        keywords = [p.name for p in found if p.kind is p.KEYWORD_ONLY]
        assert positional == [place.name for place in route.places]
        assert keywords == [param.python for param in params(route)]
        assert [p.name for p in found if p.kind is p.KEYWORD_ONLY and p.default is p.empty] == [
            param.python for param in route.params if param.required
        ]
    assert {route.key for route in ROUTES.values()} - {route.key for route in ROWS} == {
        "session.login", "session.logout",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_with_pages_can_be_iterated(kind: type) -> None:
    lists = [route for route in ROWS if paged(route)]
    assert {route.key for route in lists} == {
        f"{name}.list" for name in ("domains", "admins", "users", "aliases", "log")
    }
    for route in lists:
        names = [place.name for place in route.places] + [param.python for param in iterated(route)] + ["page_size"]
        assert list(signature(kind, route, "iterate").parameters) == names


def test_sync_and_async_twins_differ_in_waiting_only() -> None:
    first, second = ((ROOT / name).read_text("utf-8") for name, _ in FILES[:2])
    assert second.count("async def ") == len(ROWS) + 1 + first.count("@overload")
    awaited = second.replace("async ", "").replace("await ", "").replace("AsyncIterator", "Iterator")
    assert "".join(awaited.split()).replace(",)", ")") == "".join(
        first.replace("sync methods", "methods").split()
    ).replace(",)", ")").replace("asmethods,", "asmethods,")


def test_clients_have_the_same_methods_of_their_own() -> None:
    def own(kind: type) -> dict[str, str]:
        return {
            name: str(inspect.signature(member)).replace("Async", "").replace("BaseTransport", "")
            for name, member in vars(kind).items()
            if inspect.isfunction(member) and not name.startswith("_")
        }

    assert own(Client) == own(aio.Client)
    assert own(Client).keys() == {"close", "login", "logout", "call"}


def test_reference_page_covers_every_route_and_combination() -> None:
    page = (ROOT / "docs/reference/iredadmin.md").read_text("utf-8")
    assert re.findall("^### (.*)$", page, re.MULTILINE) == list(ROUTES)
    rows = re.findall(r"^\| `((?:GET|POST|PUT|DELETE) [^`]*)` \| (built|later)", page, re.MULTILINE)
    assert [call for call, _ in rows] == [call for route in ROUTES.values() for call in combinations(route)]
    assert "124 of the 129 combinations" in page
    for route in ROUTES.values():
        section = page.partition(f"### {route.key}\n")[2].partition("\n### ")[0]
        for param in route.params:
            assert f"| `{param.name}` |" in section
            assert all(f"`{old}`" in section for old in param.aliases)


def test_the_package_says_that_it_is_typed_and_shows_what_it_exports() -> None:
    assert (Path(iredadmin.__file__).parent / "py.typed").exists()
    assert all(getattr(iredadmin, name) for name in iredadmin.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        iredadmin.nothing  # noqa: B018
