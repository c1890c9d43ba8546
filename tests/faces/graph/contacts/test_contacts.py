from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, Client, World

from postroom.workspace.schema.types import SCHEMA

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WHOLE: dict[str, Any] = {
    "assistantName": "Ida", "birthday": "1980-02-29T11:59:00Z", "businessHomePage": "https://x.test",
    "businessPhones": ["+49 30 1", "+49 30 2"], "children": ["Kim"], "companyName": "Roofs", "department": "Yard",
    "displayName": "Dora D.", "fileAs": "D., Dora", "generation": "Jr.", "givenName": "Dora", "homePhones": ["3"],
    "imAddresses": ["im:dora"], "initials": "D.D.", "jobTitle": "Roofer", "manager": "Max", "middleName": "M",
    "mobilePhone": "4", "nickName": "Do", "officeLocation": "B2", "personalNotes": "Likes rain", "profession": "R",
    "spouseName": "Sam", "surname": "Dunn", "title": "Dr.", "yomiCompanyName": "y1", "yomiGivenName": "y2",
    "yomiSurname": "y3", "categories": ["Red category"],
    "emailAddresses": [{"name": "Dora", "address": "dora@x.test"}, {"name": "D", "address": "D2@X.test"}],
    "homeAddress": {"street": "S 1", "city": "B", "state": "BE", "countryOrRegion": "D", "postalCode": "1"},
}  # fmt: skip


def names(found: Any) -> list[str]:
    return [one["displayName"] for one in found["value"]]


def test_a_contact_keeps_everything_that_its_type_has(anna: Client, folder: str) -> None:
    made = anna.done("POST", f"{folder}/contacts", 201, json=WHOLE)
    read = anna.get(f"/me/contacts/{made['id']}")
    assert {name: read[name] for name in WHOLE} == WHOLE
    assert read["secondaryEmailAddress"]["address"] == "D2@X.test"
    assert (read["otherAddress"], read["tertiaryEmailAddress"]) == ({}, None)
    assert {one.name for one in SCHEMA.entity("contact").properties.values()} <= read.keys()
    assert f"{folder.rpartition('/')[2]}" == read["parentFolderId"]


def test_what_a_contact_is_called_follows_from_its_names_until_somebody_says_otherwise(
    anna: Client, folder: str
) -> None:
    def shown(path: str, method: str, status: int, **given: Any) -> tuple[str, str, str]:
        found = anna.done(method, path, status, json=given)
        return found["id"], found["displayName"], found["fileAs"]

    one, *named = shown(f"{folder}/contacts", "POST", 201, givenName="Emil", surname="Ernst")
    assert named == ["Emil Ernst", "Ernst, Emil"]
    assert shown(f"/me/contacts/{one}", "PATCH", 200, surname="Ende")[1:] == ("Emil Ende", "Ende, Emil")
    assert shown(f"/me/contacts/{one}", "PATCH", 200, displayName="E.")[1:] == ("E.", "Ende, Emil")
    assert shown(f"/me/contacts/{one}", "PATCH", 200, givenName="Eva")[1:] == ("E.", "Ende, Eva")
    assert shown(f"/me/contacts/{one}", "PATCH", 200, displayName=None)[1] == "Eva Ende"
    mail = {"emailAddresses": [{"address": "only@x.test"}]}
    assert shown(f"{folder}/contacts", "POST", 201, **mail)[1] == "only@x.test"


def test_contacts_are_found_by_filter_search_order_and_page(anna: Client, folder: str) -> None:
    for name, company in (("Cora", "Roofs"), ("Ada", "Roofs"), ("Bea", "Doors")):
        given = {
            "givenName": name,
            "companyName": company,
            "emailAddresses": [{"address": f"{name}@x.test", "name": name}],
            "singleValueExtendedProperties": [{"id": "String {0} Name n", "value": name}],
        }
        anna.done("POST", f"{folder}/contacts", 201, json=given)

    def found(**options: str) -> list[str]:
        return names(anna.get(f"{folder}/contacts", params={f"${name}": value for name, value in options.items()}))

    assert found() == ["Ada", "Bea", "Cora"]
    assert found(filter="emailAddresses/any(a:a/address eq 'bea@X.test')") == ["Bea"]
    assert found(filter="companyName eq 'roofs' and startswith(givenName,'C')") == ["Cora"]
    assert found(filter="emailAddresses/address eq 'ada@x.test'") == ["Ada"]
    extended = "singleValueExtendedProperties/any(e:e/id eq 'String {0} Name n' and e/value eq 'Bea')"
    assert found(filter=extended) == ["Bea"]
    assert found(search='"roofs"', orderby="displayName desc") == ["Cora", "Ada"]
    assert found(search='"bea@x.test"') == ["Bea"]
    page = anna.get(f"{folder}/contacts?$top=2&$count=true&$select=displayName")
    assert (names(page), page["@odata.count"]) == (["Ada", "Bea"], 3)
    assert set(page["value"][0]) == {"@odata.etag", "id", "displayName"}
    rest = page["@odata.nextLink"].partition("/v1.0")[2]
    assert names(anna.get(rest)) == ["Cora"]
    assert anna("GET", f"{folder}/contacts/$count").text == "3"


def test_the_default_folder_has_a_name_and_is_in_no_list(anna: Client) -> None:
    made = anna.done("POST", "/me/contacts", 201, json={"givenName": "Default"})
    default = anna.get("/me/contactFolders/contacts")
    assert made["parentFolderId"] == default["id"] == default["parentFolderId"]
    assert "Default" in names(anna.get(f"/me/contactFolders/{default['id']}/contacts"))
    assert "Contacts" not in names(anna.get("/me/contactFolders"))
    for method, given in (("PATCH", {"displayName": "x"}), ("DELETE", None)):
        assert anna.refused(method, "/me/contactFolders/contacts", json=given) == (403, "ErrorAccessDenied")


def test_folders_are_named_moved_and_deleted_with_what_is_in_them(anna: Client, folder: str) -> None:
    below = anna.done("POST", f"{folder}/childFolders", 201, json={"displayName": "Below"})
    assert names(anna.get(f"{folder}/childFolders?$filter=displayName eq 'below'")) == ["Below"]
    assert anna.refused("POST", f"{folder}/childFolders", json={"displayName": "BELOW"}) == (409, "ErrorFolderExists")
    inside = f"{folder}/childFolders/{below['id']}"
    contact = anna.done("POST", f"{inside}/contacts", 201, json={"givenName": "Deep"})
    moved = anna.done("PATCH", inside, 200, json={"displayName": "Up", "parentFolderId": "contacts"})
    assert moved == {**moved, "id": below["id"], "displayName": "Up"}
    assert anna.refused("GET", inside)[0] == 404
    own = folder.rpartition("/")[2]
    assert anna.refused("PATCH", folder, json={"parentFolderId": own}) == (400, "ErrorInvalidRequest")
    anna.done("DELETE", f"/me/contactFolders/{below['id']}", 204)
    assert anna.refused("GET", f"/me/contacts/{contact['id']}") == (404, "ErrorItemNotFound")


def test_a_contact_goes_to_another_folder_and_has_another_id_there(anna: Client, folder: str) -> None:
    made = anna.done("POST", "/me/contacts", 201, json={"givenName": "Mover"})
    moved = anna.done("PATCH", f"/me/contacts/{made['id']}", 200, json={"parentFolderId": folder.rpartition("/")[2]})
    assert moved["id"] != made["id"]
    assert names(anna.get(f"{folder}/contacts")) == ["Mover"]
    assert anna.refused("GET", f"/me/contacts/{made['id']}")[0] == 404


def test_pictures_are_kept_as_they_came(anna: Client, folder: str) -> None:
    one = f"{folder}/contacts/{anna.done('POST', f'{folder}/contacts', 201, json={})['id']}"
    assert anna.refused("GET", f"{one}/photo/$value") == (404, "ErrorItemNotFound")
    anna.done("PATCH", f"{one}/photo/$value", 200, content=PNG, headers={"Content-Type": "image/jpeg"})
    read = anna("GET", f"{one}/photos/48x48/$value")
    assert (read.content, read.headers["content-type"]) == (PNG, "image/png")
    assert anna.get(f"{one}/photo")["id"] == "1x1"
    assert anna.get(f"{one}?$expand=photo")["photo"]["width"] == 1
    assert anna.refused("PUT", f"{one}/photo/$value", content=b"no", headers={"Content-Type": "image/png"})[0] == 400
    anna.done("DELETE", f"{one}/photo/$value", 204)
    assert anna.refused("GET", f"{one}/photo")[0] == 404


def test_who_changes_what_another_has_changed_is_told(anna: Client, folder: str) -> None:
    made = anna.done("POST", f"{folder}/contacts", 201, json={"givenName": "Etag"})
    one, old = f"/me/contacts/{made['id']}", {"If-Match": made["@odata.etag"]}
    anna.done("PATCH", one, 200, json={"surname": "A"}, headers=old)
    for method in ("PATCH", "DELETE"):
        told = anna.refused(method, one, json={"surname": "B"}, headers=old)
        assert told == (412, "ErrorIrresolvableConflict")
    assert anna.refused("PATCH", one, json={"createdDateTime": "2001-01-01T00:00:00Z"})[0] == 400
    anna.done("POST", f"{one}/permanentDelete", 204)


def test_changes_of_contacts_and_folders_are_told_by_delta(anna: Client, folder: str) -> None:
    def more(link: str) -> Any:
        return anna.get(link.partition("/v1.0")[2])

    folders = anna.get(f"{folder}/childFolders/delta")["@odata.deltaLink"]
    first = anna.done("POST", f"{folder}/contacts", 201, json={"givenName": "One"})
    start = anna.get(f"{folder}/contacts/delta?$select=displayName")
    assert names(start) == ["One"]
    anna.done("PATCH", f"/me/contacts/{first['id']}", 200, json={"givenName": "Two"})
    changed = more(start["@odata.deltaLink"])
    assert names(changed) == ["Two"]
    anna.done("DELETE", f"/me/contacts/{first['id']}", 204)
    (gone,) = more(changed["@odata.deltaLink"])["value"]
    assert (gone["id"], gone["@removed"]) == (first["id"], {"reason": "deleted"})
    anna.done("POST", f"{folder}/childFolders", 201, json={"displayName": "New"})
    assert names(more(folders)) == ["New"]


def test_programs_keep_extensions_with_a_contact(anna: Client, folder: str) -> None:
    one = f"{folder}/contacts/{anna.done('POST', f'{folder}/contacts', 201, json={})['id']}"
    anna.done("POST", f"{one}/extensions", 201, json={"extensionName": "com.x", "size": 3})
    anna.done("PATCH", f"{one}/extensions/com.x", 200, json={"size": 4})
    (found,) = anna.get(f"{one}?$expand=extensions")["extensions"]
    assert (found["id"], found["size"]) == ("com.x", 4)
    anna.done("DELETE", f"{one}/extensions/com.x", 204)
    assert anna.get(f"{one}/extensions")["value"] == []


def test_nobody_reads_the_contacts_of_others(world: World, anna: Client, bert: Client) -> None:
    made = anna.done("POST", "/me/contacts", 201, json={"givenName": "Mine"})
    assert bert.refused("GET", f"/me/contacts/{made['id']}") == (404, "ErrorItemNotFound")
    assert bert.refused("GET", f"/users/{ANNA.id}/contacts")[0] == 403
    reader = world.caller(world.tokens.app("Contacts.Read"))
    assert "Mine" in names(reader.get(f"/users/{ANNA.id}/contacts"))
    assert reader.refused("POST", f"/users/{ANNA.id}/contacts", json={})[0] == 403


@pytest.mark.parametrize(
    "given",
    [
        {"emailAddresses": [{"address": 7}]},
        {"birthday": "yesterday"},
        {"businessPhones": "1"},
        {"emailAddresses": [{"address": f"{n}@x.test"} for n in range(51)]},
    ],
)
def test_wrong_values_are_refused(anna: Client, given: dict[str, Any]) -> None:
    assert anna.refused("POST", "/me/contacts", json=given) == (400, "ErrorInvalidRequest")
