"""The page docs/settings.md, from the table in postroom.settings."""

from __future__ import annotations

from itertools import groupby

from postroom.settings import SECTIONS, Row, rows

HEAD = """# Settings

<!-- Written by scripts/generate.py from src/postroom/settings.py: change it there. -->

A setting is read from, the first that has it: `--set section.name=value`, the environment, `postroom.toml` in the home,
its default. Lists are TOML lists in the file and comma-separated elsewhere. An unknown name is an error.

```toml
[mailstore]
enabled = true
port = 8463
```
"""


def settings_page() -> str:
    """The page as Markdown."""
    sections = [_section(name, list(group)) for name, group in groupby(rows(), lambda row: row.section)]
    return HEAD + "".join(sections)


def _section(name: str, group: list[Row]) -> str:
    lines = [f"| `{row.name}` | {row.expected} | `{row.default_toml}` | {row.help} |" for row in group]
    head = ["| name | value | default | |", "|---|---|---|---|"]
    title = f"\n## [{name}]\n\n{SECTIONS[name].__doc__}"
    variables = f"Environment: `{group[0].variable}` and so on."
    return "\n".join([title, "", variables, "", *head, *lines]) + "\n"
