from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.store import ids


@dataclass(frozen=True)
class Thing:
    key: bytes
    generation: int
    change: int = 0


THINGS = st.builds(Thing, st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1), st.integers(0, 2**63 - 1))


@given(THINGS)
def test_both_ids_of_a_thing_name_its_key(thing: Thing) -> None:
    assert ids.parse(ids.ordinary(thing)) == (thing.key, thing.generation)
    assert ids.parse(ids.immutable(thing)) == (thing.key, None)


@given(THINGS)
def test_ids_need_no_escaping_in_urls(thing: Thing) -> None:
    text = ids.ordinary(thing) + ids.immutable(thing)
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_other_text_is_no_id(text: str) -> None:
    with pytest.raises(Invalid):
        ids.parse(text)


@given(THINGS, st.text(alphabet="AQgwBRhx_-=+/ \n", max_size=3))
def test_an_id_has_one_spelling_but_for_its_padding(thing: Thing, more: str) -> None:
    text = ids.immutable(thing)
    try:
        assert ids.parse(text + more).key == thing.key
        assert more in ("", "=")
    except Invalid:
        assert more not in ("", "=")


def test_a_change_gives_another_etag() -> None:
    assert ids.etag(Thing(b"", 0, 1)) == f'W/"{ids.change_key(Thing(b"", 0, 1))}"'
    assert ids.etag(Thing(b"", 0, 1)) != ids.etag(Thing(b"", 0, 2))
