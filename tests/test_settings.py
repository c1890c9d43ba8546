"""Settings: one table, four ways in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom import configuration
from postroom.configuration import change, load, template
from postroom.errors import Invalid
from postroom.settings import Row, Settings, rows

ROOT = Path(__file__).resolve().parent.parent
ROWS = list(rows())


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "postroom.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_setting_has_help_and_stands_in_the_docs(row: Row) -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert row.help.endswith(".")
    assert f"| `{row.name}` |" in page
    assert row.help in page


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_default_is_a_value_that_may_be_given(row: Row, tmp_path: Path) -> None:
    if row.default is None:
        assert load(file(tmp_path, f"[{row.section}]\n{row.name} = ''")) == Settings()
    else:
        given = load(file(tmp_path, f"[{row.section}]\n{row.name} = {row.default_toml}"))
        assert given == Settings()


def test_without_anything_all_defaults_hold(tmp_path: Path) -> None:
    assert load() == load(tmp_path / "absent.toml") == Settings()


def test_the_template_changes_nothing_and_names_every_setting(tmp_path: Path) -> None:
    assert load(file(tmp_path, template())) == Settings()
    assert all(f"# {row.name} = {row.default_toml}\n" in template() for row in ROWS)


def test_every_line_of_the_template_is_valid_once_uncommented(tmp_path: Path) -> None:
    text = template()
    for row in ROWS:
        text = text.replace(f"# {row.name} = ", f"{row.name} = ")
    assert load(file(tmp_path, text)) == Settings()


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    path = file(tmp_path, "[mailstore]\nport = 1\n[web]\nthreads = 2\nhost = 'a'")
    environment = {"POSTROOM_MAILSTORE_PORT": "3", "POSTROOM_WEB_THREADS": "4"}
    settings = load(path, environment, ["mailstore.port=5"])
    assert (settings.mailstore.port, settings.web.threads, settings.web.host) == (5, 4, "a")
    assert settings.web.connections == Settings().web.connections


def test_the_last_of_two_overrides_wins() -> None:
    assert load(overrides=["web.threads=2", "web.threads=3"]).web.threads == 3


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("mailstore.prot=1", "mailstore.prot in --set: expected a known setting; the nearest is mailstore.port."),
        ("zzz=1", "zzz in --set: expected a known setting; there are web.host"),
        ("mailstore.port", "--set mailstore.port: expected section.name=value."),
        ("mailstore.port=x", "mailstore.port in --set: expected a whole number from 0 to 65535, not 'x'."),
        ("mailstore.port=65536", "expected a whole number from 0 to 65535, not '65536'."),
        ("mailstore.enabled=maybe", "mailstore.enabled in --set: expected true or false, not 'maybe'."),
        ("web.login_delay_s=nan", "web.login_delay_s in --set: expected a number, at least 0, not 'nan'."),
        ("log.level=loud", "expected one of debug, info, warning, error, not 'loud'."),
    ],
)
def test_a_bad_override_is_named_with_what_was_expected(override: str, complaint: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(overrides=[override])
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[webb]", "expected a section; the nearest is web."),
        ("web = 1", "expected a section, which begins with a line [web]."),
        ("[web]\nhots = 'a'", "the nearest is web.host."),
        ("[web]\nthreads = '4'", "expected a whole number, at least 1, not '4'."),
        ("[web]\nthreads = true", "expected a whole number, at least 1, not True."),
        ("[mailstore]\nenabled = 1", "expected true or false, not 1."),
        ("[web]\nnames = 'a'", "expected a list of texts, not 'a'."),
        ("[web]\nnames = [1]", "expected a list of texts, not [1]."),
        ("[web]\ntls_key = 1", "expected a path, not 1."),
        ("[web]\nhost = 1", "expected a text, not 1."),
        ("[web", "expected a TOML file ("),
        ("[web]\n[log]\n[web]", "put its lines below the one that is there)."),
    ],
)
def test_a_bad_file_is_named_with_what_was_expected(tmp_path: Path, text: str, complaint: str) -> None:
    path = file(tmp_path, text)
    with pytest.raises(Invalid) as caught:
        load(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_bytes(b"\xff")
    with pytest.raises(Invalid, match="a file in UTF-8"):
        load(tmp_path / "postroom.toml")


def test_an_unknown_variable_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(Invalid, match="POSTROOM_WEB_HOTS: expected a known setting; the nearest is POSTROOM_WEB_HOST"):
        load(environment={"POSTROOM_WEB_HOTS": "a"})


def test_variables_that_kubernetes_makes_for_a_service_named_postroom_are_left_alone() -> None:
    names = ["POSTROOM_PORT", "POSTROOM_PORT_8463_TCP_ADDR", "POSTROOM_SERVICE_HOST", "POSTROOM_HOME"]
    assert load(environment=dict.fromkeys(names, "tcp://10.0.0.1:8463")) == Settings()


def test_no_setting_has_a_variable_that_is_left_alone() -> None:
    assert [row.key for row in ROWS if configuration._foreign(row.variable)] == []


def test_lists_are_comma_separated_outside_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, '[web]\nnames = ["a", "b, c"]')
    assert load(path).web.names == ("a", "b, c")
    assert load(path, overrides=["web.names= d , e,"]).web.names == ("d", "e")
    assert load(path, overrides=["web.names="]).web.names == ()


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(Invalid, match=r"both web\.tls_certificate and web\.tls_key, or neither"):
        load(overrides=["web.tls_key=/k.pem"])
    both = load(overrides=["web.tls_key=/k.pem", "web.tls_certificate=/c.pem"])
    assert both.web.tls_key == Path("/k.pem")


@pytest.mark.parametrize("row", [row for row in ROWS if row.type in (bool, int, float)], ids=lambda row: row.key)
def test_change_writes_what_load_reads(row: Row, tmp_path: Path) -> None:
    path = tmp_path / "postroom.toml"
    value = not row.default if isinstance(row.default, bool) else row.default
    change(path, row.key, str(value).lower())
    assert getattr(getattr(load(path), row.section), row.name) == value


def test_change_keeps_comments_and_order_and_uncomments_the_line_of_the_template(tmp_path: Path) -> None:
    path = file(tmp_path, template())
    change(path, "mailstore.enabled", "true")
    assert path.read_text("utf-8") == template().replace("# enabled = false", "enabled = true", 1)


def test_change_keeps_what_an_administrator_wrote(tmp_path: Path) -> None:
    path = file(tmp_path, "# mine\n[mailstore] # here\nenabled = false  # for now\n\n[web]\nhost = '::'\n")
    change(path, "mailstore.enabled", "on")
    assert path.read_text("utf-8") == ("# mine\n[mailstore] # here\nenabled = true  # for now\n\n[web]\nhost = '::'\n")


def test_change_adds_a_section_that_is_not_there(tmp_path: Path) -> None:
    path = file(tmp_path, "[web]\nhost = '::'\n")
    change(path, "web.names", "a,b")
    change(path, "mailstore.enabled", "true")
    assert load(path) == load(overrides=["web.host=::", "web.names=a,b", "mailstore.enabled=true"])


@pytest.mark.parametrize(("key", "text"), [("mailstore.port", "x"), ("mailstore.prot", "1"), ("web.tls_key", "/k")])
def test_a_refused_change_leaves_the_file_as_it_was(tmp_path: Path, key: str, text: str) -> None:
    path = file(tmp_path, template())
    with pytest.raises(Invalid):
        change(path, key, text)
    assert path.read_text("utf-8") == template()
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_file_is_reported_not_edited(tmp_path: Path) -> None:
    path = file(tmp_path, "[web")
    with pytest.raises(Invalid, match="a TOML file"):
        change(path, "mailstore.enabled", "true")
    assert path.read_text("utf-8") == "[web"


TEXT_ROWS = [row for row in ROWS if row.type is str and not row.values]


@given(value=st.text(st.characters(exclude_categories=["Cs"])), row=st.sampled_from(TEXT_ROWS))
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, value: str, row: Row) -> None:
    path = tmp_path_factory.mktemp("home") / "postroom.toml"
    change(path, row.key, value)
    assert getattr(getattr(load(path), row.section), row.name) == value
