"""One contact: its field table, and what can be done with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from O365._attributes import ALWAYS, NEVER, Field, Json, Resource, instant_field, maybe_text, text_field
from O365._categories import categories_field
from O365._photo import PhotoMixin
from O365._recipients import HandleRecipientsMixin, Recipient, Recipients
from O365._urls import segment
from O365.message import Message, RecipientType
from O365.utils.attachment import AttachableMixin

_SAVED = ("id", "createdDateTime", "lastModifiedDateTime", "displayName", "fileAs", "parentFolderId")


def _name(key: str) -> Field[str]:
    return text_field(key, settable=True, sent=ALWAYS)


def _accept_phones(_: Contact, given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _phones(key: str) -> Field[list[str]]:
    return Field(key, lambda _, told: list(told or ()), _accept_phones, sent=ALWAYS)


def _address(key: str, name: str) -> Field[Json]:
    def accept(_: Contact, given: Any) -> Json:
        if not isinstance(given, dict):
            raise ValueError(f'"{name}" must be dict, not {given!r}')  # noqa: TRY004 - documented
        return given

    return Field(key, lambda _, told: dict(told or {}), accept, sent=ALWAYS)


def _read_emails(contact: Contact, told: list[Json] | None) -> Recipients:
    """Users of a directory have their addresses elsewhere."""
    cc = contact._cc
    known = [(one.get(cc("name")), one.get(cc("address"))) for one in told or ()]
    known += [(None, contact._told(key)) for key in ("mail", "userPrincipalName")]
    found = Recipients(parent=contact, field="emailAddresses")
    found.untrack = True
    for name, address in known:
        if address and address not in found:
            found.add(Recipient(address, name))
    found.untrack = False
    return found


def _write_emails(contact: Contact, emails: Recipients) -> list[Json]:
    cc = contact._cc
    return [{cc("name"): one.name, cc("address"): one.address} for one in emails if one]


class Contact(PhotoMixin, Resource, AttachableMixin, HandleRecipientsMixin):
    """A contact."""

    _endpoints: ClassVar[dict[str, str]] = {
        "contact": "/contacts",
        "root_contact": "/contacts/{id}",
        "child_contact": "/contactFolders/{folder_id}/contacts",
        "photo": "/contacts/{id}/photo/$value",
        "photo_size": "/contacts/{id}/photos/{size}/$value",
    }
    message_constructor = Message

    object_id = maybe_text("id")
    created = instant_field("createdDateTime")
    modified = instant_field("lastModifiedDateTime")
    display_name = _name("displayName")
    fileAs = _name("fileAs")  # noqa: N815 - the name that programs use
    name = _name("givenName")
    surname = _name("surname")
    title = _name("title")
    job_title = _name("jobTitle")
    company_name = _name("companyName")
    department = _name("department")
    office_location = _name("officeLocation")
    business_phones = _phones("businessPhones")
    mobile_phone = _name("mobilePhone")
    home_phones = _phones("homePhones")
    emails = Field("emailAddresses", _read_emails, write=_write_emails, sent=ALWAYS)
    business_address = _address("businessAddress", "business_address")
    home_address = _address("homeAddress", "home_address")
    other_address = _address("otherAddress", "other_address")
    # Users have one; contacts of Graph do not, and a key that it does not know is refused.
    preferred_language: Field[str | None] = Field("preferredLanguage", None, lambda _, given: given, sent=NEVER)
    categories = categories_field(sent=ALWAYS)
    personal_notes = _name("personalNotes")
    folder_id: Field[str | None] = Field("parentFolderId", None, sent=NEVER)

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        AttachableMixin.__init__(self, attachment_name_property="full_name", attachment_type="contact_type")
        if "object_id" in kwargs and self._told("id") is None:
            self.object_id = kwargs["object_id"]
        if kwargs.get("folder_id") and self._told("parentFolderId") is None:
            self._values["parentFolderId"] = kwargs["folder_id"]

    def __repr__(self) -> str:
        return self.display_name or self.full_name or "Unknown Name"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contact):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    @property
    def full_name(self) -> str:
        """Given name and surname."""
        return f"{self.name} {self.surname}".strip()

    @property
    def main_email(self) -> str | None:
        """The first address."""
        first = self.emails.get_first_recipient_with_address()
        return first.address if first else None

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The contact as JSON: all of it, or only some keys."""
        return self._json(restrict_keys, known=bool(self.object_id))

    def save(self) -> bool:
        """Create it, or send what was changed."""
        changed = self._track_changes - {self._cc("preferredLanguage")}
        if not self.object_id:
            data = self.to_api_data(restrict_keys={*changed, "givenName"})
            response = self.con.post(self._new_url(), data=data)
        elif changed:
            response = self.con.patch(self._url(), data=self.to_api_data(restrict_keys=changed))
        else:
            return True
        if not response:
            return False
        self._track_changes.clear()
        self._renew(response.json(), *_SAVED)
        return True

    def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        if not self.object_id:
            raise RuntimeError("Attempting to delete an unsaved Contact")
        return bool(self.con.delete(self._url()))

    def new_message(
        self, recipient: str | None = None, *, recipient_type: RecipientType = RecipientType.TO
    ) -> Message | None:
        """A draft to the contact, or to another address; None when there is none."""
        to = recipient or self.emails.get_first_recipient_with_address()
        if not to:
            return None
        message = self.message_constructor(parent=self, is_draft=True)
        # Of ours a copy: what changes in the message is no change of the contact.
        getattr(message, RecipientType(recipient_type).value).add(to if isinstance(to, str) else as_given(to))
        return message

    def _new_url(self) -> str:
        if not self.folder_id:
            return self.build_url(self._endpoints["contact"])
        return self.build_url(self._endpoints["child_contact"].format(folder_id=segment(self.folder_id)))

    def _url(self) -> str:
        return self.build_url(self._endpoints["root_contact"].format(**self._photo_ids()))

    def _photo_ids(self) -> dict[str, str]:
        return {"id": segment(self.object_id)}


def as_given(recipient: Recipient) -> tuple[str, str]:
    """Name and address, to be added elsewhere."""
    return recipient.name, recipient.address
