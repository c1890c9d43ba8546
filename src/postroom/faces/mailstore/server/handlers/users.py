"""Functions on users (Administration API, users; reference shapes: GetUsers, GetUserInfo)."""

from __future__ import annotations

from typing import Any

from postroom.archive.instance.user_rows import User
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("GetUsers")
def get_users(call: Call, limit: int | None = None, after: str | None = None) -> Any:
    """All users as a list; with `limit` a page, continued by giving its `next` as `after`."""
    users = call.archive.instance.users.all(after=after or "", limit=-1 if limit is None else limit + 1)
    if limit is None:
        return [_row(user) for user in users]
    page, more = users[:limit], len(users) > limit
    return {"items": [_row(user) for user in page], "next": page[-1].name if more else None}


@implements("GetUserInfo")
def get_user_info(call: Call, userName: str) -> dict[str, Any]:
    user = call.archive.instance.users.get(userName)
    return {
        "userName": user.name,
        "fullName": user.full_name,
        "distinguishedName": user.distinguished_name,
        "authentication": user.authentication,
        "emailAddresses": list(user.addresses),
        "pop3UserNames": list(user.pop3_names),
        "privileges": list(user.privileges),
        "privilegesOnFolders": [
            {"folder": archive, "privileges": list(privileges)} for archive, privileges in user.folders
        ],
        "loginPrivileges": list(user.login_privileges),
        "mfaStatus": user.second_factor,
    }


@implements("CreateUser")
def create_user(
    call: Call,
    userName: str,
    privileges: tuple[str, ...],
    fullName: str | None = None,
    distinguishedName: str | None = None,
    authentication: str | None = None,
    password: str | None = None,
    loginPrivileges: tuple[str, ...] | None = None,
) -> None:
    call.archive.instance.users.create(
        userName,
        privileges,
        call.by,
        full_name=fullName,
        distinguished_name=distinguishedName,
        authentication=authentication or "integrated",
        # Scripts send empty texts for what they have not: no password is safer than an empty one.
        password=password or None,
        login_privileges=loginPrivileges or None,
    )


@implements("DeleteUser")
def delete_user(call: Call, userName: str) -> None:
    call.archive.instance.users.delete(userName, call.by)


@implements("RenameUser")
def rename_user(call: Call, oldUserName: str, newUserName: str) -> None:
    call.archive.instance.users.rename(oldUserName, newUserName, call.by)


@implements("SetUserAuthentication")
def set_user_authentication(call: Call, userName: str, authentication: str) -> None:
    call.archive.instance.users.set_authentication(userName, authentication, call.by)


@implements("SetUserDistinguishedName")
def set_user_distinguished_name(call: Call, userName: str, distinguishedName: str | None = None) -> None:
    call.archive.instance.users.set_distinguished_name(userName, distinguishedName, call.by)


@implements("SetUserEmailAddresses")
def set_user_email_addresses(call: Call, userName: str, emailAddresses: tuple[str, ...] | None = None) -> None:
    call.archive.instance.users.set_addresses(userName, emailAddresses or (), call.by)


@implements("SetUserFullName")
def set_user_full_name(call: Call, userName: str, fullName: str | None = None) -> None:
    call.archive.instance.users.set_full_name(userName, fullName, call.by)


@implements("SetUserPassword")
def set_user_password(call: Call, userName: str, password: str) -> None:
    call.archive.instance.users.set_password(userName, password, call.by)


@implements("SetUserPop3UserNames")
def set_user_pop3_user_names(call: Call, userName: str, pop3UserNames: tuple[str, ...] | None = None) -> None:
    call.archive.instance.users.set_pop3_names(userName, pop3UserNames or (), call.by)


@implements("SetUserPrivileges")
def set_user_privileges(call: Call, userName: str, privileges: tuple[str, ...]) -> None:
    call.archive.instance.users.set_privileges(userName, privileges, call.by)


@implements("SetUserLoginPrivileges")
def set_user_login_privileges(call: Call, userName: str, loginPrivileges: tuple[str, ...]) -> None:
    call.archive.instance.users.set_login_privileges(userName, loginPrivileges, call.by)


@implements("SetUserPrivilegesOnFolder")
def set_user_privileges_on_folder(call: Call, userName: str, folder: str, privileges: tuple[str, ...]) -> None:
    call.archive.instance.users.set_folder_privileges(userName, folder, privileges, call.by)


@implements("SetUserPrivilegesOnAllFolders")
def set_user_privileges_on_all_folders(call: Call, userName: str, privileges: tuple[str, ...]) -> None:
    """On every archive there is now; one that comes later needs its own call."""
    if privileges == ("none",):
        call.archive.instance.users.clear_folder_privileges(userName, call.by)
        return
    call.archive.instance.users.set_folder_privileges_on(userName, call.archive.archive_names(), privileges, call.by)


@implements("ClearUserPrivilegesOnFolders")
def clear_user_privileges_on_folders(call: Call, userName: str) -> None:
    call.archive.instance.users.clear_folder_privileges(userName, call.by)


def _row(user: User) -> dict[str, Any]:
    return {
        "userName": user.name,
        "fullName": user.full_name,
        "distinguishedName": user.distinguished_name,
        "mfaStatus": user.second_factor,
    }
