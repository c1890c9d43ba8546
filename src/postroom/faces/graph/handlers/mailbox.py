"""Folders, rules, categories, settings of a mailbox."""

from __future__ import annotations

from typing import Any

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers.calls import changes, destination
from postroom.faces.graph.handlers.mail_calls import mail, on_folder, wish
from postroom.faces.graph.result import Created, Document, Many, Nothing, One, Result
from postroom.workspace.query.page import Page


@implements("mail.folders.list")
def folders(call: Call) -> Result:
    return Many(mail(call).folders.page(call.mailbox, None, wish(call)))


@implements("mail.folders.delta")
def folders_delta(call: Call) -> Result:
    rows, delta = mail(call).folders.delta(call.mailbox, None, wish(call))
    return changes(rows, delta, "mailFolder", immutable=True)


@implements("mail.folders.create")
def create_folder(call: Call) -> Result:
    return _created(call, mail(call).folders.create(call.mailbox, None, call.document))


@on_folder("get")
def folder(call: Call, folder: str, above: str | None) -> Result:
    return One(mail(call).folders.get(call.mailbox, folder, wish(call), above))


@on_folder("change")
def change_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return One(mail(call).folders.update(call.mailbox, folder, call.document))


@on_folder("delete")
def delete_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    mail(call).folders.delete(call.mailbox, folder)
    return Nothing()


@on_folder("delete_permanently")
def delete_folder_permanently(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    mail(call).folders.delete(call.mailbox, folder, permanently=True)
    return Nothing()


@on_folder("move")
def move_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return _created(call, mail(call).folders.move(call.mailbox, folder, destination(call)))


@on_folder("copy")
def copy_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return _created(call, mail(call).folders.copy(call.mailbox, folder, destination(call)))


@on_folder("list_below")
def folders_below(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return Many(mail(call).folders.page(call.mailbox, folder, wish(call)))


@on_folder("delta_below")
def folders_below_delta(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    rows, delta = mail(call).folders.delta(call.mailbox, folder, wish(call))
    return changes(rows, delta, "mailFolder", immutable=True)


@on_folder("create_below")
def create_folder_below(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return _created(call, mail(call).folders.create(call.mailbox, folder, call.document))


@implements("mail.rules.list")
def rules(call: Call, folder: str) -> Result:
    return Many(mail(call).rules.page(call.mailbox, folder, wish(call)))


@implements("mail.rules.create")
def create_rule(call: Call, folder: str) -> Result:
    return Created(mail(call).rules.create(call.mailbox, folder, call.document))


@implements("mail.rules.get")
def rule(call: Call, folder: str, rule: str) -> Result:
    return One(mail(call).rules.get(call.mailbox, folder, rule))


@implements("mail.rules.change")
def change_rule(call: Call, folder: str, rule: str) -> Result:
    return One(mail(call).rules.update(call.mailbox, folder, rule, call.document))


@implements("mail.rules.delete")
def delete_rule(call: Call, folder: str, rule: str) -> Result:
    mail(call).rules.delete(call.mailbox, folder, rule)
    return Nothing()


@implements("mail.settings.get")
def settings(call: Call) -> Result:
    return One(mail(call).settings.get(call.mailbox))


@implements("mail.settings.change")
def change_settings(call: Call) -> Result:
    return One(mail(call).settings.update(call.mailbox, call.document))


@implements("mail.categories.list")
def categories(call: Call) -> Result:
    return Many(mail(call).categories.page(call.mailbox, wish(call)))


@implements("mail.categories.create")
def create_category(call: Call) -> Result:
    return Created(mail(call).categories.create(call.mailbox, call.document))


@implements("mail.categories.get")
def category(call: Call, category: str) -> Result:
    return One(mail(call).categories.get(call.mailbox, category))


@implements("mail.categories.change")
def change_category(call: Call, category: str) -> Result:
    return One(mail(call).categories.update(call.mailbox, category, call.document))


@implements("mail.categories.delete")
def delete_category(call: Call, category: str) -> Result:
    mail(call).categories.delete(call.mailbox, category)
    return Nothing()


@implements("mail.languages")
def languages(call: Call) -> Result:
    return Many(mail(call).settings.languages(wish(call)))


@implements("mail.time_zones")
def time_zones(call: Call) -> Result:
    standard = (call.argument("TimeZoneStandard") or "windows").lower().rpartition("timezonestandard")[2].strip("'")
    if standard not in ("windows", "iana"):
        raise Invalid("TimeZoneStandard", "Windows or Iana")
    return Many(mail(call).settings.time_zones(iana=standard == "iana", wish=wish(call)))


@implements("mail.overrides.list")
def overrides(call: Call) -> Result:
    return Many(mail(call).overrides.page(call.mailbox, wish(call)))


@implements("mail.overrides.create")
def create_override(call: Call) -> Result:
    return Created(mail(call).overrides.create(call.mailbox, call.document))


@implements("mail.overrides.change")
def change_override(call: Call, override: str) -> Result:
    return One(mail(call).overrides.update(call.mailbox, override, call.document))


@implements("mail.overrides.delete")
def delete_override(call: Call, override: str) -> Result:
    mail(call).overrides.delete(call.mailbox, override)
    return Nothing()


@implements("mail.tips")
def tips(call: Call) -> Result:
    addresses, options = _texts(call, "EmailAddresses"), str(call.given("MailTipsOptions") or "")
    return Many(Page(mail(call).lookups.tips(addresses, options)))


@implements("mail.translate_ids")
def translate_ids(call: Call) -> Result:
    source, target = str(call.given("sourceIdType") or "restId"), str(call.given("targetIdType") or "")
    return Many(Page(mail(call).lookups.translated(call.mailbox, _texts(call, "inputIds"), source, target)))


def _texts(call: Call, name: str) -> list[str]:
    found: Any = call.given(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Invalid(name, "a list of texts")
    return found


def _created(call: Call, made: Document) -> Result:
    return Created(made, f"users/{call.mailbox}/mailFolders/{made['id']}")
