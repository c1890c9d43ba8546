"""One handler for several paths that lead to the same things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import Final

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.result import Result

FOLDER: Final = "folder"

InFolder = Callable[[Call, str, str | None], Result]


def on_paths(workload: str, above: Mapping[str, tuple[str, ...]], name: str) -> Callable[[Handler], Handler]:
    """A handler of `<workload>.<group>.<name>` for every group; `above` has the folders that its path names first.

    When its first parameter after the call is `folder`, it gets the last of these, or None.
    """

    def register(handler: Handler) -> Handler:
        with_folder = FOLDER in signature(handler).parameters
        for group, folders in above.items():
            implements(f"{workload}.{group}.{name}")(_OnPath(handler, folders, with_folder))
        return handler

    return register


def on_folder(workload: str, name: str) -> Callable[[InFolder], None]:
    """A handler of one folder, on every path that leads to it. It gets the folder above where the path names one."""

    def register(handler: InFolder) -> None:
        @implements(f"{workload}.folders.{name}")
        def anywhere(call: Call, folder: str) -> Result:
            return handler(call, folder, None)

        @implements(f"{workload}.children.{name}")
        def in_folder(call: Call, folder: str, child: str) -> Result:
            return handler(call, child, folder)

    return register


@dataclass(frozen=True, slots=True)
class _OnPath:
    """A handler on one of the paths; `above` names the folders before its keys."""

    handler: Handler
    above: tuple[str, ...]
    with_folder: bool

    def __call__(self, call: Call, *keys: str) -> Result:
        folders, below = keys[: len(self.above)], keys[len(self.above) :]
        if self.with_folder:
            return self.handler(call, folders[-1] if folders else None, *below)
        return self.handler(call, *below)

    @property
    def __signature__(self) -> Signature:
        """The handler's with the folders of this path, for `dispatch.faults`."""
        call, *below = signature(self.handler).parameters.values()
        folders = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.above]
        return Signature([call, *folders, *(one for one in below if one.name != FOLDER)])
