"""Users, groups and the tenant."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import DELTA, ENTITY, LIST, PLAIN, USER, Route

READ_ME: Final = ("User.Read", "User.ReadWrite", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All",
                  "Directory.Read.All", "Directory.ReadWrite.All")  # fmt: skip
READ_ALL: Final = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
READ_BASIC: Final = ("User.ReadBasic.All", *READ_ALL)
WRITE_ME: Final = ("User.ReadWrite", "User.ReadWrite.All", "Directory.ReadWrite.All")
WRITE_ALL: Final = ("User.ReadWrite.All", "Directory.ReadWrite.All")
INVITE: Final = ("User.Invite.All", *WRITE_ALL)
PASSWORD: Final = (*WRITE_ME, "Directory.AccessAsUser.All")
READ_GROUPS: Final = ("GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
                      "Directory.Read.All", "Directory.ReadWrite.All")  # fmt: skip
WRITE_GROUPS: Final = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
WRITE_MEMBERS: Final = ("GroupMember.ReadWrite.All", *WRITE_GROUPS)
MEMBERSHIP: Final = (*READ_ME, *READ_GROUPS)
READ_PEOPLE: Final = ("People.Read", "People.Read.All")
READ_TENANT: Final = ("User.Read", "Organization.Read.All", "Domain.Read.All", "Directory.Read.All",
                      "Directory.ReadWrite.All")  # fmt: skip
READ_TENANT_APP: Final = ("Organization.Read.All", "Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
OBJECTS: Final = "directoryObjects"
OWN: Final = frozenset({"User.Read", "User.ReadWrite", "People.Read"})
"""Scopes for one's own profile only."""


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    source = "Microsoft Graph v1.0, directory"
    own = OWN if path.startswith(USER) else PLAIN
    return Route("directory." + key, method, path, returns, status, family="directory", own=own, source=source, **more)


def _read(key: str, path: str, returns: str, delegated: tuple[str, ...], application: tuple[str, ...], doc: str,
          **more: Any) -> Route:  # fmt: skip
    options = LIST if returns.startswith("[") else ENTITY
    return _route(key, "GET", path, returns, delegated=delegated, application=application, options=options, doc=doc,
                  **more)  # fmt: skip


def _groups(key: str, path: str, doc: str, **more: Any) -> Route:
    """A list of what users or groups are in."""
    return _read(key, path, "[directoryObject]", MEMBERSHIP, (*READ_ALL, *READ_GROUPS), doc, context=OBJECTS, **more)


def _members(key: str, path: str, doc: str, **more: Any) -> Route:
    return _read(key, path, "[directoryObject]", READ_GROUPS, READ_GROUPS, doc, context=OBJECTS, **more)


def _change(key: str, method: str, path: str, delegated: tuple[str, ...], application: tuple[str, ...], doc: str,
            status: int = 204, returns: str = "", **more: Any) -> Route:  # fmt: skip
    by = "self" if path.startswith(USER) else "owner" if "{group}" in path else "anybody"
    more = {"by": by, **more}
    return _route(key, method, path, returns, status, delegated=delegated, application=application, doc=doc, **more)


USERS: Final = (
    _read("users.list", "/users", "[user]", READ_BASIC, READ_ALL, "All users.", o365=True),
    _read("users.get", "{U}", "user", READ_ME, READ_ALL, "One user.", o365=True),
    _route("users.delta", "GET", "/users/delta", "[user]", delegated=READ_ALL, application=READ_ALL,
           options=DELTA - {"orderby", "expand"}, doc="Users that changed, in accounts or here."),
    _change("users.create", "POST", "/users", WRITE_ALL, WRITE_ALL, "Make a user: an account, with a mailbox.", 201,
            returns="user", takes="json", by="admin"),
    _change("users.change", "PATCH", "{U}", WRITE_ME, WRITE_ALL, "Change a user: their account, and what is kept "
            "beside it.", returns="user", takes="json"),
    _change("users.delete", "DELETE", "/users/{user}", WRITE_ALL, WRITE_ALL, "Remove a user's account.", by="admin"),
    _change("users.change_password", "POST", "{U}/changePassword", PASSWORD, (), "Change one's own password. All "
            "that was signed in with the old one ends.", takes="json"),
    _change("invitations.create", "POST", "/invitations", INVITE, INVITE, "Invite somebody from elsewhere: a guest "
            "without an account.", 201, returns="invitation", takes="json", by="admin", o365=True),
    _read("users.manager", "{U}/manager", "directoryObject", READ_ALL, READ_ALL, "A user's manager.", context=OBJECTS,
          o365=True),
    _change("users.set_manager", "PUT", "{U}/manager/$ref", WRITE_ALL, WRITE_ALL, "Name a user's manager.",
            takes="json", by="admin"),
    _change("users.remove_manager", "DELETE", "{U}/manager/$ref", WRITE_ALL, WRITE_ALL, "Name no manager any more.",
            by="admin"),
    _read("users.direct_reports", "{U}/directReports", "[directoryObject]", READ_ME, READ_ALL,
          "Users whose manager this is.", context=OBJECTS, o365=True),
    _read("users.people", "{U}/people", "[person]", READ_PEOPLE, ("People.Read.All",), "Whom a user may write to."),
    _groups("users.owned", "{U}/ownedObjects", "Groups that a user owns."),
    _groups("users.member_of", "{U}/memberOf", "Groups that a user is in.", o365=True),
    _groups("users.all_member_of", "{U}/transitiveMemberOf", "Those, and the groups that they are in."),
    _route("users.member_groups", "POST", "{U}/getMemberGroups", "[Edm.String]", delegated=MEMBERSHIP, takes="json",
           application=(*READ_ALL, *READ_GROUPS), doc="Ids of all groups that a user is in."),
    _route("users.member_objects", "POST", "{U}/getMemberObjects", "[Edm.String]", delegated=MEMBERSHIP, takes="json",
           application=(*READ_ALL, *READ_GROUPS), doc="Ids of all that a user is in."),
    _route("users.check_groups", "POST", "{U}/checkMemberGroups", "[Edm.String]", delegated=MEMBERSHIP, takes="json",
           application=(*READ_ALL, *READ_GROUPS), doc="Those of some groups that a user is in."),
    _route("users.revoke", "POST", "{U}/revokeSignInSessions", "Edm.Boolean", takes="json", by="self",
           delegated=("User.RevokeSessions.All", *WRITE_ME), application=("User.RevokeSessions.All", *WRITE_ALL),
           doc="End all sign-ins of a user: refresh tokens and access tokens stop working."),
    _read("users.photo", "{U}/photo", "profilePhoto", READ_ME, READ_ALL, "Type and size of a user's picture."),
    _route("users.photo_content", "GET", "{U}/photo/$value", "raw", delegated=READ_ME, application=READ_ALL, o365=True,
           doc="A user's picture."),
    _read("users.photo_sized", "{U}/photos/{size}", "profilePhoto", READ_ME, READ_ALL,
          "Type and size of a user's picture; there is one, whatever size is asked for."),
    _route("users.photo_sized_content", "GET", "{U}/photos/{size}/$value", "raw", delegated=READ_ME,
           application=READ_ALL, o365=True, doc="A user's picture; there is one, whatever size is asked for."),
    _change("users.put_photo", "PUT", "{U}/photo/$value", WRITE_ME, WRITE_ALL, "Keep a picture of a user.", 200,
            takes="bytes"),
    _change("users.patch_photo", "PATCH", "{U}/photo/$value", WRITE_ME, WRITE_ALL, "Keep a picture of a user.", 200,
            takes="bytes", o365=True),
    _change("users.remove_photo", "DELETE", "{U}/photo", WRITE_ME, WRITE_ALL, "Keep no picture any more."),
    _change("users.remove_photo_content", "DELETE", "{U}/photo/$value", WRITE_ME, WRITE_ALL,
            "Keep no picture any more."),
)  # fmt: skip

GROUPS: Final = (
    _read("groups.list", "/groups", "[group]", READ_GROUPS, READ_GROUPS, "All groups.", o365=True),
    _route("groups.delta", "GET", "/groups/delta", "[group]", delegated=READ_GROUPS, application=READ_GROUPS,
           options=DELTA - {"orderby", "expand"}, doc="Groups that changed, with their members."),
    _change("groups.create", "POST", "/groups", WRITE_GROUPS, WRITE_GROUPS, "Make a group.", 201, "group",
            takes="json"),
    _read("groups.get", "/groups/{group}", "group", READ_GROUPS, READ_GROUPS, "One group.", o365=True),
    _change("groups.change", "PATCH", "/groups/{group}", WRITE_GROUPS, WRITE_GROUPS, "Change a group.",
            returns="group", takes="json"),
    _change("groups.delete", "DELETE", "/groups/{group}", WRITE_GROUPS, WRITE_GROUPS, "Remove a group."),
    _members("groups.members", "/groups/{group}/members", "Users and groups in a group.", o365=True),
    _members("groups.all_members", "/groups/{group}/transitiveMembers", "Those in the groups of a group, too."),
    _change("groups.add_member", "POST", "/groups/{group}/members/$ref", WRITE_MEMBERS, WRITE_MEMBERS,
            "Put somebody into a group.", takes="json"),
    _change("groups.remove_member", "DELETE", "/groups/{group}/members/{member}/$ref", WRITE_MEMBERS, WRITE_MEMBERS,
            "Take somebody out of a group."),
    _members("groups.owners", "/groups/{group}/owners", "Who owns a group.", o365=True),
    _change("groups.add_owner", "POST", "/groups/{group}/owners/$ref", WRITE_GROUPS, WRITE_GROUPS,
            "Make somebody an owner of a group.", takes="json"),
    _change("groups.remove_owner", "DELETE", "/groups/{group}/owners/{owner}/$ref", WRITE_GROUPS, WRITE_GROUPS,
            "Make somebody an owner no more."),
    _groups("groups.member_of", "/groups/{group}/memberOf", "Groups that a group is in."),
    _groups("groups.all_member_of", "/groups/{group}/transitiveMemberOf", "Those, and the groups that they are in."),
    _route("groups.member_groups", "POST", "/groups/{group}/getMemberGroups", "[Edm.String]", delegated=READ_GROUPS,
           application=READ_GROUPS, takes="json", doc="Ids of all groups that a group is in."),
    _route("groups.check_groups", "POST", "/groups/{group}/checkMemberGroups", "[Edm.String]", delegated=READ_GROUPS,
           application=READ_GROUPS, takes="json", doc="Those of some groups that a group is in."),
    _read("groups.photo", "/groups/{group}/photo", "profilePhoto", READ_GROUPS, READ_GROUPS,
          "Type and size of a group's picture."),
    _route("groups.photo_content", "GET", "/groups/{group}/photo/$value", "raw", delegated=READ_GROUPS,
           application=READ_GROUPS, doc="A group's picture."),
    _change("groups.put_photo", "PUT", "/groups/{group}/photo/$value", WRITE_GROUPS, WRITE_GROUPS,
            "Keep a picture of a group.", 200, takes="bytes"),
    _change("groups.patch_photo", "PATCH", "/groups/{group}/photo/$value", WRITE_GROUPS, WRITE_GROUPS,
            "Keep a picture of a group.", 200, takes="bytes"),
)  # fmt: skip

TENANT: Final = (
    _read("objects.get", "/directoryObjects/{object}", "directoryObject", READ_ALL, READ_ALL, "A user or a group.",
          context=OBJECTS),
    _route("objects.by_ids", "POST", "/directoryObjects/getByIds", "[directoryObject]", delegated=READ_BASIC,
           application=READ_ALL, takes="json", context=OBJECTS, doc="Users and groups by their ids."),
    _read("organization.list", "/organization", "[organization]", READ_TENANT, READ_TENANT_APP, "The tenant."),
    _read("organization.get", "/organization/{tenant}", "organization", READ_TENANT, READ_TENANT_APP, "The tenant."),
    _read("domains.list", "/domains", "[domain]", READ_TENANT, READ_TENANT_APP, "Domains of the users."),
    _read("domains.get", "/domains/{domain}", "domain", READ_TENANT, READ_TENANT_APP, "One domain."),
)  # fmt: skip

ROUTES: Final = (*USERS, *GROUPS, *TENANT)
