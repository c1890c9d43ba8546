"""Users, groups and the tenant."""

from __future__ import annotations

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.result import Created, Delta, Many, Nothing, One, Raw, Result, Value
from postroom.workspace.workloads.directory.directory import Changed
from postroom.workspace.workloads.directory.groups import MEMBERS, OWNERS, reference
from postroom.workspace.workloads.items.photos import Photo


@implements("directory.users.list")
def users(call: Call) -> Result:
    return Many(call.workspace.directory.users(call.options))


@implements("directory.users.get")
def user(call: Call) -> Result:
    return One(call.workspace.directory.user(call.mailbox, call.options))


@implements("directory.users.manager")
def manager(call: Call) -> Result:
    return One(call.workspace.directory.manager(call.mailbox, call.options))


@implements("directory.users.set_manager")
def set_manager(call: Call) -> Result:
    call.workspace.directory.set_manager(call.mailbox, reference(call.document))
    return Nothing()


@implements("directory.users.remove_manager")
def remove_manager(call: Call) -> Result:
    call.workspace.directory.remove_manager(call.mailbox)
    return Nothing()


@implements("directory.users.direct_reports")
def direct_reports(call: Call) -> Result:
    return Many(call.workspace.directory.direct_reports(call.mailbox, call.options))


@implements("directory.users.people")
def people(call: Call) -> Result:
    return Many(call.workspace.directory.people_near(call.mailbox, call.options))


@implements("directory.users.owned")
def owned(call: Call) -> Result:
    return Many(call.workspace.directory.owned(call.mailbox, call.options, call.cast))


@implements("directory.users.member_of")
def member_of(call: Call) -> Result:
    return Many(call.workspace.directory.member_of(call.mailbox, call.options, call.cast))


@implements("directory.users.all_member_of")
def all_member_of(call: Call) -> Result:
    return Many(call.workspace.directory.all_member_of(call.mailbox, call.options, call.cast))


@implements("directory.users.member_groups", "directory.users.member_objects")
def member_groups(call: Call) -> Result:
    return _member_groups(call, call.mailbox)


@implements("directory.groups.member_groups")
def group_member_groups(call: Call, group: str) -> Result:
    return _member_groups(call, group)


def _member_groups(call: Call, object_id: str) -> Result:
    only = call.given("securityEnabledOnly", default=False)
    return Value(call.workspace.directory.group_ids(object_id, security_only=only is True))


@implements("directory.users.check_groups")
def check_groups(call: Call) -> Result:
    return Value(call.workspace.directory.check_groups(call.mailbox, call.given("groupIds")))


@implements("directory.groups.check_groups")
def group_check_groups(call: Call, group: str) -> Result:
    return Value(call.workspace.directory.check_groups(group, call.given("groupIds")))


@implements("directory.users.revoke")
def revoke(call: Call) -> Result:
    call.workspace.signin.signins.revoke_of(call.mailbox)
    return Value(value=True, type="Edm.Boolean")


@implements("directory.users.photo")
def photo(call: Call) -> Result:
    return One(call.workspace.directory.photo(call.mailbox))


@implements("directory.groups.photo")
def group_photo(call: Call, group: str) -> Result:
    return One(call.workspace.directory.photo(group))


@implements("directory.users.photo_sized")
def photo_sized(call: Call, size: str) -> Result:
    call.workspace.directory.photo_content(call.mailbox, size)
    return One(call.workspace.directory.photo(call.mailbox))


@implements("directory.users.photo_content")
def photo_content(call: Call) -> Result:
    return _picture(call.workspace.directory.photo_content(call.mailbox))


@implements("directory.users.photo_sized_content")
def photo_sized_content(call: Call, size: str) -> Result:
    return _picture(call.workspace.directory.photo_content(call.mailbox, size))


@implements("directory.groups.photo_content")
def group_photo_content(call: Call, group: str) -> Result:
    return _picture(call.workspace.directory.photo_content(group))


def _picture(photo: Photo) -> Raw:
    return Raw(photo.content, photo.picture.media_type)


@implements("directory.users.put_photo", "directory.users.patch_photo")
def set_photo(call: Call) -> Result:
    call.workspace.directory.set_photo(call.mailbox, call.content)
    return Nothing(200)


@implements("directory.groups.put_photo", "directory.groups.patch_photo")
def set_group_photo(call: Call, group: str) -> Result:
    call.workspace.directory.set_photo(group, call.content)
    return Nothing(200)


@implements("directory.users.remove_photo", "directory.users.remove_photo_content")
def remove_photo(call: Call) -> Result:
    call.workspace.directory.remove_photo(call.mailbox)
    return Nothing()


@implements("directory.groups.list")
def groups(call: Call) -> Result:
    return Many(call.workspace.directory.groups(call.options))


@implements("directory.users.delta")
def users_delta(call: Call) -> Result:
    return _changed(call.workspace.directory.users_changed(call.options))


@implements("directory.groups.delta")
def groups_delta(call: Call) -> Result:
    return _changed(call.workspace.directory.groups_changed(call.options))


def _changed(changed: Changed) -> Result:
    token = {"next" if changed.more else "delta": changed.token}
    return Delta(changed.rows, **token)


@implements("directory.groups.create")
def create_group(call: Call) -> Result:
    return Created(call.workspace.directory.create_group(call.document, call.caller.user_id))


@implements("directory.groups.get")
def group(call: Call, group: str) -> Result:
    return One(call.workspace.directory.group(group, call.options))


@implements("directory.groups.change")
def change_group(call: Call, group: str) -> Result:
    return One(call.workspace.directory.change_group(group, call.document))


@implements("directory.groups.delete")
def delete_group(call: Call, group: str) -> Result:
    call.workspace.directory.delete_group(group)
    return Nothing()


@implements("directory.groups.members")
def members(call: Call, group: str) -> Result:
    return Many(call.workspace.directory.members(group, MEMBERS, call.options, call.cast))


@implements("directory.groups.all_members")
def all_members(call: Call, group: str) -> Result:
    return Many(call.workspace.directory.all_members(group, call.options, call.cast))


@implements("directory.groups.owners")
def owners(call: Call, group: str) -> Result:
    return Many(call.workspace.directory.members(group, OWNERS, call.options, call.cast))


@implements("directory.groups.add_member")
def add_member(call: Call, group: str) -> Result:
    call.workspace.directory.add(group, MEMBERS, reference(call.document))
    return Nothing()


@implements("directory.groups.remove_member")
def remove_member(call: Call, group: str, member: str) -> Result:
    call.workspace.directory.remove(group, MEMBERS, member)
    return Nothing()


@implements("directory.groups.add_owner")
def add_owner(call: Call, group: str) -> Result:
    call.workspace.directory.add(group, OWNERS, reference(call.document))
    return Nothing()


@implements("directory.groups.remove_owner")
def remove_owner(call: Call, group: str, owner: str) -> Result:
    call.workspace.directory.remove(group, OWNERS, owner)
    return Nothing()


@implements("directory.groups.member_of")
def group_member_of(call: Call, group: str) -> Result:
    return Many(call.workspace.directory.member_of(group, call.options, call.cast))


@implements("directory.groups.all_member_of")
def group_all_member_of(call: Call, group: str) -> Result:
    return Many(call.workspace.directory.all_member_of(group, call.options, call.cast))


@implements("directory.objects.get")
def directory_object(call: Call, object: str) -> Result:  # noqa: A002  the place of the path
    return One(call.workspace.directory.one(object, call.options))


@implements("directory.objects.by_ids")
def by_ids(call: Call) -> Result:
    return Many(call.workspace.directory.by_ids(call.given("ids"), call.given("types")))


@implements("directory.organization.list")
def organizations(call: Call) -> Result:
    return Many(call.workspace.directory.organizations(call.options))


@implements("directory.organization.get")
def organization(call: Call, tenant: str) -> Result:
    return One(call.workspace.directory.organization(tenant, call.options))


@implements("directory.domains.list")
def domains(call: Call) -> Result:
    return Many(call.workspace.directory.domains(call.options))


@implements("directory.domains.get")
def domain(call: Call, domain: str) -> Result:
    return One(call.workspace.directory.domain(domain, call.options))
