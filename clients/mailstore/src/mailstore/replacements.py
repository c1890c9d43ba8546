"""Methods that take single values where the API wants a JSON object, for sync and async clients alike.

Names, order and defaults are those of the tutorial (reference 5.4).
"""

# ruff: noqa: N802, N803  # names are the API's
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar, overload

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Names, Number, Text
from mailstore.errors import MailStoreAnswerError
from mailstore.flows import Flow
from mailstore.instances import InstanceFirst, instance_first

R = TypeVar("R")


class Replacements(InstanceFirst, Generic[R]):
    """Mixed into a client; `R` is what a call gives: a status, or the promise of one."""

    @abstractmethod
    def _give(self, flow: Flow[Status]) -> R: ...

    @overload
    def SetComplianceConfiguration2(
        self, instanceID: Text, globalRetentionTimeYears: Number | None = None,
        adminEmailPreviewEnabled: Flag | None = None, legalHoldEnabled: Flag | None = None,
        logSuccessfulUserActivities: Names | None = None,
    ) -> R: ...  # fmt: skip
    @overload
    def SetComplianceConfiguration2(
        self, *, globalRetentionTimeYears: Number | None = None, adminEmailPreviewEnabled: Flag | None = None,
        legalHoldEnabled: Flag | None = None, logSuccessfulUserActivities: Names | None = None,
    ) -> R: ...  # fmt: skip
    @instance_first
    def SetComplianceConfiguration2(
        self, instanceID: Text, globalRetentionTimeYears: Number | None = None,
        adminEmailPreviewEnabled: Flag | None = None, legalHoldEnabled: Flag | None = None,
        logSuccessfulUserActivities: Names | None = None,
    ) -> R:  # fmt: skip
        """Change the compliance configuration; what is not given stays as it is.

        It reads the configuration, changes it and writes it: a change that somebody else makes meanwhile is lost.
        If it cannot be read, the answer is that of the reading.
        """
        changes = {
            "globalRetentionTimeYears": globalRetentionTimeYears,
            "adminEmailPreviewEnabled": adminEmailPreviewEnabled,
            "legalHoldEnabled": legalHoldEnabled,
            "logSuccessfulUserActivities": _list(logSuccessfulUserActivities),
        }
        given = {name: value for name, value in changes.items() if value is not None}
        return self._give(self._changed_compliance(instanceID, given))

    def _changed_compliance(self, instance: Text, changes: Mapping[str, object]) -> Flow[Status]:
        read = yield from self._flow("GetComplianceConfiguration", {"instanceID": instance}, True)
        if read["statusCode"] != "succeeded":
            return read
        if not isinstance(read["result"], dict):
            raise MailStoreAnswerError("The compliance configuration is no object, so it cannot be changed in part.")
        config = {**read["result"], **changes}
        return (yield from self._flow("SetComplianceConfiguration", {"instanceID": instance, "config": config}, None))

    @overload
    def SetIndexConfiguration2(self, instanceID: Text, extensions: Names) -> R: ...
    @overload
    def SetIndexConfiguration2(self, *, extensions: Names) -> R: ...
    @instance_first
    def SetIndexConfiguration2(self, instanceID: Text, extensions: Names) -> R:
        """Choose which kinds of attachments are indexed, by the extensions of their names."""
        config = {"extensions": _list(extensions)}
        return self._configured("SetIndexConfiguration", config, instanceID=instanceID)

    @overload
    def SetStoreAutoCreateConfiguration2(
        self, instanceID: Text, enabled: Flag = True, interval: Text = "none", sizeThreshold: Number | None = None,
        numberOfMessagesThreshold: Number | None = 500000, baseDirectory: Text | None = None,
    ) -> R: ...  # fmt: skip
    @overload
    def SetStoreAutoCreateConfiguration2(
        self, *, enabled: Flag = True, interval: Text = "none", sizeThreshold: Number | None = None,
        numberOfMessagesThreshold: Number | None = 500000, baseDirectory: Text | None = None,
    ) -> R: ...  # fmt: skip
    @instance_first
    def SetStoreAutoCreateConfiguration2(
        self, instanceID: Text, enabled: Flag = True, interval: Text = "none", sizeThreshold: Number | None = None,
        numberOfMessagesThreshold: Number | None = 500000, baseDirectory: Text | None = None,
    ) -> R:  # fmt: skip
        """Choose when the instance begins a new store. `interval`: none, monthly, quarterly, yearly."""
        config = {
            "enabled": enabled,
            "interval": interval,
            "sizeThreshold": sizeThreshold,
            "numberOfMessagesThreshold": numberOfMessagesThreshold,
            "baseDirectory": baseDirectory,
        }
        return self._configured("SetStoreAutoCreateConfiguration", config, instanceID=instanceID)

    def CreateClientAccessServer2(self, serverName: Text, port: Number, thumbprint: Text) -> R:
        """Make a client access server known. `thumbprint`: of its certificate, 40 hex digits."""
        return self._configured("CreateClientAccessServer", _server(serverName, port, thumbprint))

    def CreateInstance2(
        self, instanceID: Text, instanceHost: Text, startMode: Text, baseDirectory: Text, alias: Text | None = None,
        displayName: Text | None = None, debugLogEnabled: Flag = "false", vssWriterEnabled: Flag = "false",
    ) -> R:  # fmt: skip
        """Create an instance. `baseDirectory`: its folder on the instance host."""
        config = {
            "instanceID": instanceID,
            "alias": alias,
            "displayName": displayName,
            "instanceHost": instanceHost,
            "startMode": startMode,
            "baseDirectory": baseDirectory,
            "debugLogEnabled": debugLogEnabled,
            "vssWriterEnabled": vssWriterEnabled,
        }
        return self._configured("CreateInstance", config)

    def CreateInstanceHost2(self, serverName: Text, port: Number, thumbprint: Text, baseDirectory: Text) -> R:
        """Make an instance host known. `thumbprint`: of its certificate, 40 hex digits."""
        config = {**_server(serverName, port, thumbprint), "baseDirectory": baseDirectory}
        return self._configured("CreateInstanceHost", config)

    def CreateSystemAdministrator2(
        self, userName: Text, fullName: Text | None = None, password: Text | None = None
    ) -> R:
        """Create an administrator of the installation."""
        config = {"userName": userName, "fullName": fullName}
        return self._configured("CreateSystemAdministrator", config, password=password)

    def UpdateClientAccessServerConfiguration2(self, serverName: Text, port: Number, thumbprint: Text) -> R:
        """Change a client access server; the name says which."""
        return self._configured("SetClientAccessServerConfiguration", _server(serverName, port, thumbprint))

    def UpdateInstanceHostConfiguration2(
        self, serverName: Text, port: Number, thumbprint: Text, baseDirectory: Text
    ) -> R:
        """Change an instance host; the name says which."""
        config = {**_server(serverName, port, thumbprint), "baseDirectory": baseDirectory}
        return self._configured("SetInstanceHostConfiguration", config)

    def UpdateSystemAdministratorConfiguration2(self, userName: Text, fullName: Text | None = None) -> R:
        """Change an administrator; the user name says which."""
        return self._configured("SetSystemAdministratorConfiguration", {"userName": userName, "fullName": fullName})

    # The names of the functions that they call.
    SetClientAccessServerConfiguration2 = UpdateClientAccessServerConfiguration2
    SetInstanceHostConfiguration2 = UpdateInstanceHostConfiguration2
    SetSystemAdministratorConfiguration2 = UpdateSystemAdministratorConfiguration2

    def _configured(self, function: str, config: Mapping[str, object], **others: object) -> R:
        return self._give(self._flow(function, {**others, "config": config}, None))


def _server(name: Text, port: Number, thumbprint: Text) -> dict[str, Any]:
    return {"serverName": name, "port": port, "serverCertificate": {"thumbprint": thumbprint}}


def _list(values: Iterable[str] | str | None) -> list[str] | str | None:
    """A list as JSON has it; text is left to the server."""
    return values if values is None or isinstance(values, str) else list(values)
