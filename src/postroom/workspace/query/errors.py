"""What only the parsing of options can meet."""

from __future__ import annotations

from postroom.errors import Invalid


class NotOffered(Invalid):
    """An option of OData that we know and do not have: `$apply`, `$compute`."""

    def __init__(self, option: str) -> None:
        super().__init__(option, "no such option: this server does not have it")


class UnknownOption(Invalid):
    """A `$option` that OData does not have."""

    def __init__(self, option: str) -> None:
        super().__init__(option, "one of the query options of OData")


class Unfit(Invalid):
    """A condition or an order that the types of its properties do not have."""
