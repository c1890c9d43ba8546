from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailstore.contract import SERVER, Function, Param
from mailstore.contract.model import document, flag, names, number, string
from postroom import errors
from postroom.errors import NotFound, PostroomError
from postroom.faces.mailstore.server import handlers as _handlers  # noqa: F401
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch, Handler, argument, implements
from postroom.faces.mailstore.server.errors import (
    WIRE,
    ArgumentError,
    ArgumentInvalid,
    ArgumentMissing,
    ArgumentUnknown,
    wire,
)

COLOUR = string("colour", "", values=("red", "darkBlue"))
FUNCTION = Function(
    "Paint",
    "",
    (string("colour", ""), number("timeZoneID", "", required=False), flag("now", "", required=False, default=True)),
    built=True,
)


def arguments(*form: tuple[str, str], strict: bool = False) -> dict[str, object]:
    return Dispatch({"Paint": FUNCTION}, {"Paint": print}, strict=strict).arguments(FUNCTION, form)


def test_names_and_parameters_of_handlers_are_those_of_the_contract() -> None:
    faults = Dispatch(SERVER, HANDLERS).faults()
    assert [fault for fault in faults if not fault.endswith("has no handler.")] == []


def test_every_built_function_has_a_handler() -> None:
    assert list(Dispatch(SERVER, HANDLERS).faults()) == []


def test_faults_are_found() -> None:
    registry: dict[str, Handler] = {}

    @implements("Paint", registry)
    def paint(call: Call, color: str) -> None: ...

    @implements("Extra", registry)
    def extra(call: Call) -> None: ...

    table = {"Paint": FUNCTION, "Missing": Function("Missing", "", built=True), "Later": Function("Later", "")}
    assert sorted(Dispatch(table, registry).faults()) == [
        "Extra has a handler but is not built.",
        "Missing is built but has no handler.",
        "Paint: the contract has ['colour', 'timeZoneID', 'now'], the handler ['color'].",
    ]


def test_a_function_has_one_handler() -> None:
    registry: dict[str, Handler] = {}
    implements("Paint", registry)(lambda call: None)
    with pytest.raises(ValueError, match="two handlers"):
        implements("Paint", registry)(lambda call: None)


def test_only_what_is_built_can_be_called_and_is_listed() -> None:
    dispatch = Dispatch({"Later": Function("Later", ""), "Paint": FUNCTION}, {"Paint": print})
    assert [row["name"] for row in dispatch.metadata()] == ["Paint"]
    with pytest.raises(NotFound):
        dispatch.function("Later")


def test_names_match_in_any_case_and_defaults_fill_in() -> None:
    assert arguments(("COLOUR", "red"), ("timezoneid", "7")) == {"colour": "red", "timeZoneID": 7, "now": True}


def test_a_missing_argument_is_named_in_the_words_of_the_original() -> None:
    with pytest.raises(ArgumentMissing, match=r"^Missing API argument colour\.$"):
        arguments(("now", "true"))


def test_unknown_arguments_are_ignored_unless_told_otherwise() -> None:
    assert arguments(("colour", "red"), ("size", "1"))["colour"] == "red"
    with pytest.raises(ArgumentUnknown, match=r"^Unknown API argument size\.$"):
        arguments(("colour", "red"), ("size", "1"), strict=True)


def test_an_argument_is_given_once() -> None:
    with pytest.raises(ArgumentInvalid, match="colour"):
        arguments(("colour", "red"), ("Colour", "blue"))


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (flag("b", ""), "True", True),
        (flag("b", ""), " false\r\n", False),
        (flag("b", ""), "1", True),
        (flag("b", ""), "0", False),
        (flag("b", "", required=False), "", None),
        (number("n", ""), "-12\r\n", -12),
        (number("n", "", required=False), " ", None),
        (number("n", "", required=False), None, None),
        (string("s", ""), "  a b\r\n", "a b"),
        (string("s", ""), "", ""),
        (string("s", "", required=False), None, None),
        (string("s", "", secret=True), " blank ", " blank "),
        (COLOUR, "DARKBLUE", "darkBlue"),
        (COLOUR.optional(), "", None),
        (names("l", ""), "read, write,,", ("read", "write")),
        (names("l", ""), "", ()),
        (names("l", "", required=False), None, None),
        (names("l", "", values=("read", "write")), "READ", ("read",)),
        (document("j", ""), '{"a": [1, null]}', {"a": [1, None]}),
        (document("j", "", required=False), "", None),
    ],
)
def test_arguments_come_as_their_type(param: Param, text: str | None, value: object) -> None:
    assert argument(param, text) == value


@pytest.mark.parametrize(
    ("param", "text", "says"),
    [
        (flag("b", ""), "yes", "true or false"),
        (number("n", ""), "1.5", "a whole number"),
        (number("n", ""), "1_000", "a whole number"),
        (number("n", ""), "٣", "a whole number"),
        (number("n", ""), "9" * 20, "a whole number"),
        (number("n", "", minimum=1), "0", "at least 1"),
        (number("n", "", minimum=1, maximum=9), "10", "from 1 to 9"),
        (string("s", "", max_length=3), "abcd", "at most 3 characters"),
        (COLOUR, "green", "one of red, darkBlue"),
        (names("l", "", values=("read",)), "read,fly", "expected read"),
        (document("j", ""), "{'a': 1}", "JSON"),
        (document("j", ""), "[" * 100_000, "JSON of sane depth"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_would_do(param: Param, text: str, says: str) -> None:
    with pytest.raises(ArgumentInvalid, match=f"Invalid API argument {param.name}: .*{says}"):
        argument(param, text)


PARAMS = [flag("b", ""), number("n", ""), string("s", ""), COLOUR, names("l", ""), document("j", "")]


@given(st.sampled_from(PARAMS), st.text() | st.integers().map(str))
def test_any_text_is_read_or_refused(param: Param, text: str) -> None:
    with suppress(ArgumentError):
        argument(param, text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_number_of_64_bits_is_read(value: int) -> None:
    assert argument(number("n", ""), str(value)) == value


def test_every_error_of_engines_has_its_row() -> None:
    classes = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, PostroomError)}
    assert classes == WIRE.keys()


def test_an_error_of_a_face_is_told_as_its_parent() -> None:
    assert wire(ArgumentMissing("id")) == WIRE[PostroomError]
