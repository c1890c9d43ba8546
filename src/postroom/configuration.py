"""Where settings come from and go to: `<home>/postroom.toml`, the environment, the command line.

The table is `postroom.settings`. The file is read by the standard library and changed by tomlkit, which keeps the
comments of whoever wrote it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from types import MappingProxyType

from postroom.errors import Invalid
from postroom.settings import SECTIONS, Row, Settings, rows


def load(
    file: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
    overrides: Iterable[str] = (),
) -> Settings:
    """The settings of a TOML `file` (may be absent), the `environment` and `section.name=value` texts.

    Raises Invalid for an unknown key (naming the nearest known one) and for a value of the wrong kind.
    """
    return _settings(_from_file(file), _from_environment(environment), _from_overrides(overrides))


Layer = Iterator[tuple[Row, object]]


def _settings(*layers: Layer) -> Settings:
    """Later layers win."""
    values: dict[str, dict[str, object]] = {section: {} for section in SECTIONS}
    for row, value in chain.from_iterable(layers):
        values[row.section][row.name] = value
    return Settings(**{section: cls(**values[section]) for section, cls in SECTIONS.items()})


def _from_file(file: Path | None) -> Layer:
    if file is None or not file.exists():
        return iter(())
    try:
        return _from_toml(file.read_text("utf-8"), str(file))
    except UnicodeDecodeError as error:
        raise Invalid(str(file), "a file in UTF-8") from error


def _from_toml(text: str, where: str) -> Layer:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # `init` wrote every section: whoever pastes one from a guide has it twice.
        once = "; put its lines below the one that is there" if "twice" in str(error) else ""
        raise Invalid(where, f"a TOML file ({error}{once})") from error
    for section, content in document.items():
        if section not in SECTIONS:
            raise Invalid(f"{section} in {where}", f"a section; {_nearest(section, SECTIONS)}")
        if not isinstance(content, dict):
            raise Invalid(f"{section} in {where}", f"a section, which begins with a line [{section}]")
        for name, value in content.items():
            row = _row(f"{section}.{name}", where)
            yield row, _checked(row, _KINDS[row.type].of_toml(value), value, where)


def _from_environment(environment: Mapping[str, str]) -> Layer:
    known = {row.variable: row for row in rows()}
    for variable, text in environment.items():
        if not variable.startswith("POSTROOM_") or _foreign(variable):
            continue
        if variable not in known:
            raise Invalid(variable, f"a known setting; {_nearest(variable, known)}")
        yield known[variable], _of_text(known[variable], text, variable)


def _foreign(variable: str) -> bool:
    # Kubernetes gives each pod POSTROOM_SERVICE_HOST, POSTROOM_PORT_8463_TCP … when a service is called "postroom".
    return variable == "POSTROOM_HOME" or variable.startswith(("POSTROOM_SERVICE_", "POSTROOM_PORT"))


def _from_overrides(overrides: Iterable[str]) -> Layer:
    for override in overrides:
        key, separator, text = override.partition("=")
        if not separator:
            raise Invalid(f"--set {override}", "section.name=value")
        row = _row(key.strip(), "--set")
        yield row, _of_text(row, text, "--set")


def _row(key: str, where: str) -> Row:
    known = {row.key: row for row in rows()}
    if key not in known:
        raise Invalid(f"{key} in {where}", f"a known setting; {_nearest(key, known)}")
    return known[key]


def _nearest(word: str, known: Iterable[str]) -> str:
    words = list(known)
    close = difflib.get_close_matches(word, words, 1, 0.5)
    return f"the nearest is {close[0]}" if close else "there are " + ", ".join(words)


def template() -> str:
    """A postroom.toml that changes nothing: every setting commented out, with its help and its default."""
    return _HEAD + "".join(_section(name, list(group)) for name, group in groupby(rows(), lambda row: row.section))


_HEAD = "# Settings of this Postroom. Every line shows a default; take the # away to change it.\n"


def _section(name: str, group: list[Row]) -> str:
    lines = [f"# {row.help}\n# {row.name} = {row.default_toml}\n" for row in group]
    return f"\n[{name}]\n# {SECTIONS[name].__doc__}\n\n" + "".join(lines)


def change(file: Path, key: str, text: str) -> None:
    """Set one setting in the file, keeping everything else of it; `text` as on the command line.

    Raises Invalid as `load` does, before anything is written.
    """
    import tomlkit  # only `postroom enable` and its like need it

    row = _row(key, "--set")
    value = _of_text(row, text, "--set")
    before = file.read_text("utf-8") if file.exists() else template()
    _settings(_from_toml(before, str(file)))  # a damaged file is reported, not edited
    document = tomlkit.parse(_uncommented(row, before))
    document.setdefault(row.section, tomlkit.table())[row.name] = _plain(value)
    after = tomlkit.dumps(document)
    _settings(_from_toml(after, str(file)))
    replaced = file.with_name(file.name + ".new")
    replaced.write_text(after, "utf-8")
    replaced.replace(file)


def _uncommented(row: Row, text: str) -> str:
    """The text with the template's line for this row as a live one, so that the value lands beside its help."""
    before, header, after = text.partition(f"[{row.section}]\n")
    section, next_header, rest = after.partition("\n[")
    line = f"{row.name} = {row.default_toml}\n"
    return before + header + section.replace(f"# {line}", line, 1) + next_header + rest


def _plain(value: object) -> object:
    """What TOML can hold: a list for a tuple, a text for a path or for none."""
    match value:
        case tuple():
            return list(value)
        case bool() | int() | float():
            return value
        case _:
            return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of one type are read from text and from TOML; both return None for what is none."""

    of_text: Callable[[str], object]
    of_toml: Callable[[object], object]


_TRUTHS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def _boolean(text: str) -> bool | None:
    return _TRUTHS.get(text.strip().lower())


def _number(kind: type[int] | type[float]) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return kind(text)
        except ValueError:
            return None

    return read


def _toml_int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _toml_float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _toml_list(value: object) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _text_list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


_ABSENT = object()
"""Read from an empty text where a path may be absent; None means "no such value"."""


def _path(text: str) -> object:
    return Path(text).expanduser() if text else _ABSENT


_KINDS: dict[object, _Kind] = {
    bool: _Kind(_boolean, lambda value: value if isinstance(value, bool) else None),
    int: _Kind(_number(int), _toml_int),
    float: _Kind(_number(float), _toml_float),
    str: _Kind(str, lambda value: value if isinstance(value, str) else None),
    tuple[str, ...]: _Kind(_text_list, _toml_list),
    Path | None: _Kind(_path, lambda value: _path(value) if isinstance(value, str) else None),
}


def _of_text(row: Row, text: str, where: str) -> object:
    return _checked(row, _KINDS[row.type].of_text(text), text, where)


def _checked(row: Row, value: object, given: object, where: str) -> object:
    if value is None or not _within(row, value):
        raise Invalid(f"{row.key} in {where}", f"{row.expected}, not {given!r}")
    return None if value is _ABSENT else value


def _within(row: Row, value: object) -> bool:
    if row.values:
        return value in row.values
    if not isinstance(value, int | float):
        return True
    # `not >=` rather than `<`: a NaN is within no limits.
    low, high = row.minimum, row.maximum
    return (low is None or value >= low) and (high is None or value <= high)
