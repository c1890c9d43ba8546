"""A disk that is only as durable as POSIX promises: what a trace of the shim leaves after a kill or a power cut.

After a kill everything written is there. After a power cut there is what was synced, and of the rest whatever the
disk happened to do: pages in any order, pages half written, names of files not yet made.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_HEAD = struct.Struct("<c3xIIQQ")


@dataclass(frozen=True, slots=True)
class Step:
    """One call: W write, T truncate, S sync, C create, R rename, U unlink, D make folder."""

    kind: str
    path: str
    other: str = ""
    at: int = 0
    data: bytes = b""


def read_trace(path: Path) -> list[Step]:
    """All steps of a run."""
    return list(_steps(path.read_bytes()))


def _steps(raw: bytes) -> Iterator[Step]:
    at = 0
    while at < len(raw):
        kind, path, other, offset, size = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        names = raw[at : at + path].decode(), raw[at + path : at + path + other].decode()
        at += path + other
        data = raw[at : at + size] if kind == b"W" else b""
        at += len(data)
        yield Step(kind.decode(), *names, offset, data)


@dataclass(slots=True)
class _File:
    """`synced` is on the disk for sure; `pending` may be."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[Step] = field(default_factory=list)

    def sync(self) -> None:
        for step in self.pending:
            _write(self.synced, step)
        self.pending.clear()


_Names = dict[str, _File | None]
"""Path → file, or None for a folder."""


@dataclass(frozen=True, slots=True)
class _Naming:
    """A change of names, with the file it is about."""

    step: Step
    file: _File | None

    def apply(self, names: _Names) -> None:
        if self.step.kind in "RU":
            names.pop(self.step.path, None)
        if self.step.kind != "U":
            names[self.step.other or self.step.path] = self.file

    def is_in(self, folder: str) -> bool:
        return folder in (str(Path(p).parent) for p in (self.step.path, self.step.other) if p)


class Disk:
    """Takes steps in order; tells what would be found, as path → bytes, None for a folder."""

    def __init__(self) -> None:
        self._names: _Names = {}
        self._durable: _Names = {}
        self._pending: list[_Naming] = []

    def take(self, step: Step) -> None:
        if step.kind in "WT":
            file = self._names[step.path]
            assert file is not None
            file.pending.append(step)
        elif step.kind == "S":
            self._sync(step.path)
        else:
            file = {"C": _File(), "D": None}.get(step.kind, self._names.get(step.path))
            self._pending.append(_Naming(step, file))
            self._pending[-1].apply(self._names)

    def _sync(self, path: str) -> None:
        file = self._names.get(path)
        if file is not None:
            file.sync()
            return
        for naming in [n for n in self._pending if n.is_in(path)]:
            naming.apply(self._durable)
            self._pending.remove(naming)

    def after_kill(self) -> dict[str, bytes | None]:
        """Everything that was written."""
        return {path: _data(file, None) for path, file in self._names.items()}

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes | None]:
        """One of the states a power cut may leave."""
        names = dict(self._durable)
        for naming in self._pending[: chance.randint(0, len(self._pending))]:
            naming.apply(names)
        return {path: _data(file, chance) for path, file in names.items() if _reachable(path, names, self)}


def _reachable(path: str, names: _Names, disk: Disk) -> bool:
    """A file is lost with the folder that it was in."""
    return all(str(parent) in names for parent in Path(path).parents if str(parent) in disk._names)


def _data(file: _File | None, chance: random.Random | None) -> bytes | None:
    if file is None:
        return None
    data = bytearray(file.synced)
    mood = chance.choice(["none", "all", "first", "any"]) if chance else "all"
    kept = len(file.pending) if mood in ("all", "any") or not chance else chance.randint(0, len(file.pending))
    for step in file.pending[:kept] if mood != "none" else []:
        if mood == "any" and chance:
            if step.kind == "T":
                continue
            for at in range(0, len(step.data), SECTOR):
                if chance.random() < 0.5:
                    _write(data, Step("W", "", "", step.at + at, step.data[at : at + SECTOR]))
        else:
            _write(data, step)
    return bytes(data)


def _write(data: bytearray, step: Step) -> None:
    if step.kind == "T":
        del data[step.at :]
        data.extend(bytes(step.at - len(data)))
    else:
        data.extend(bytes(max(0, step.at - len(data))))
        data[step.at : step.at + len(step.data)] = step.data


def lay_out(found: dict[str, bytes | None], root: str, target: Path) -> None:
    """Write a state below another folder than the one it was traced in."""
    target.mkdir(parents=True)
    for path, data in sorted(found.items()):
        place = target / Path(path).relative_to(root)
        if data is None:
            place.mkdir(exist_ok=True)
        else:
            place.write_bytes(data)
