"""Password hashes: what we write Dovecot takes, what Dovecot writes we take, and nothing else is true."""

import base64
import hashlib
import os
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from postroom.accounts import schemes
from postroom.accounts.errors import InvalidScheme, PasswordRefused
from postroom.accounts.scheme_checks import BCRYPT_BYTES, Check
from postroom.accounts.schemes import ACCEPTED, MAX_BYTES, SCHEMES, accepted, dummy, verify, verify_any
from postroom.errors import Invalid
from postroom.settings import Accounts, rows

PASSWORD = "Söcret 1'%\""
MD5_HEX = hashlib.md5(b"secret").hexdigest()
MD5_BASE64 = base64.b64encode(hashlib.md5(b"secret").digest()).decode()
SHA1_BASE64 = base64.b64encode(hashlib.sha1(b"secret").digest()).decode()
BCRYPT = "$2b$04$tuyQgQLS00pHMPHOApheJe90HvmfBwtIFCuyhf609/dWnD0gUnqlO"
BOMBS = [
    "{ARGON2ID}$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbA",
    "{ARGON2ID}$argon2id$v=19$m=262144,t=100000,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbA",
    "{ARGON2ID}$argon2id$v=19$m=8192,t=1,p=1000$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbA",
    "{CRYPT}" + BCRYPT.replace("$04$", "$31$"),
    f"{{CRYPT}}$6$rounds=999999999$salt${'a' * 86}",
    f"{{PBKDF2}}$1$salt$999999999${'0' * 40}",
    f"{{PBKDF2}}999999999$c2FsdA${'a' * 27}",
]
CRYPT_10000 = "{CRYPT}$6$rounds=10000$saltsalt$"
# Of each, one that belongs to "secret", made by Dovecot 2.3.19, OpenSSL, passlib or RFC 9106's reference code.
STORED = [
    "{PLAIN}secret", "{plain}secret", "{CLEARTEXT}secret", "{CLEAR}secret", "{PLAIN.B64}c2VjcmV0",
    "{PLAIN.hex}736563726574", f"{{PLAIN-MD5}}{MD5_HEX}", f"{{plain-md5}}{MD5_HEX.upper()}",
    f"{{PLAIN-MD5}}{MD5_BASE64}", f"{{LDAP-MD5}}{MD5_BASE64}", f"{{LDAP-MD5}}{MD5_HEX}", f"{{MD5}}{MD5_HEX}",
    f"{{MD5}}{MD5_BASE64}", f"{{SHA}}{SHA1_BASE64}", f"{{sha1}}{SHA1_BASE64}", f"{{CRYPT}}{BCRYPT}",
    f"{{BCRYPT}}{BCRYPT}", f"{{BLF-CRYPT}}{BCRYPT}", f"{{crypt}}{BCRYPT.replace('$2b$', '$2a$')}",
    f"{{CRYPT}}{BCRYPT.replace('$2b$', '$2y$')}", BCRYPT,
    "$1$saltsalt$9xy1btjgzLYfb7hivXtC//", "{CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
    "{MD5-CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//", "{MD5}$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
    "{CRYPT}$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
    "{SHA256-CRYPT}$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
    "{SHA512-CRYPT}$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1",
    CRYPT_10000 + "WowrPBpEDVlCoruBosYlrZycTCx3//TyDHYqEhX9DUHHt0XTztUqzQDDUuvUGRA8aUe9p55hcAxeGcu58sm3u.",
    "abNANd1rDfiNc", "{DES-CRYPT}abNANd1rDfiNc",
    "{SMD5}fY4pgEoDkRbwwTu1bAxVDj0hVug=", "{SSHA}LjoOXXO3GuXTqo8HiAPQD2/foHYGUxQ6",
    "{SSHA256}iVoqucjzH7xxkA7n02e4goGEQqEC7AmIKn7211K+G++yWuwm",
    "{SSHA512}5hWIrDUleykhmgu6C/XbIw71nC6fJRlwVzKiAML5nmcdEoMlNcCesOG8LPaS407/ReJx0RpI3L3nMC9QBidbgpPspgk=",
    "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
    "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg==",
    "{PBKDF2}$1$ZFInT/pTfkAmPeRu$5000$8cf41650ddbcfb1d8b92ec75172b1b0879348102",
    "{ARGON2I}$argon2i$v=19$m=32768,t=3,p=1$oM2mwcrS+zOA0SEO6ffKYg$i5FWc03nk0VpbELS9Jiyi/1BrxEBeRkX8qy/kbbgwEY",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$wWAYEI6kxcAKW/a28iiGpw$F3wY5XBnftKq+KIHILGMxwFVaVzMCaSeEuqPAktyAl0",
]  # fmt: skip
PBKDF2_SHA512 = (
    "{PBKDF2}$pbkdf2-sha512$1000$c2FsdHNhbHQ$"
    "sm09rUzS3..3.cqsWziIoWFO8bEknKwJwGEvyD1ra4PcWJt5OiWFlM/BVv8ybJe4XW8qMpq33ecFrOaibNGiHA"
)
# OpenLDAP's module and passlib write PBKDF2 so; Dovecot does not read it.
STORED_PBKDF2 = [
    "{PBKDF2}$pbkdf2$1000$c2FsdHNhbHQ$iwnGHj3e4ShfYAA1SPz7CWOx6OI",
    "{PBKDF2}1000$c2FsdHNhbHQ$iwnGHj3e4ShfYAA1SPz7CWOx6OI",
    "{PBKDF2-SHA1}1000$c2FsdHNhbHQ$iwnGHj3e4ShfYAA1SPz7CWOx6OI",
    "{PBKDF2-SHA256}1000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ",
    PBKDF2_SHA512,
]
YESCRYPT = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0"
CRAM_MD5 = "{CRAM-MD5}cd3ba7deaad6e5ca23448ba42e379747a9e0f7f1fbc00c8a81bbaac395731b56"
NTLM = "{NTLM}878d8014606cda29677a44efa1353fc7"
BAD = [
    "", "{}", "{PLAIN}", "{SSHA}", "{SSHA512}", "{SSHA512}!!", "{SHA}" + MD5_BASE64, "{PLAIN-MD5}" + SHA1_BASE64,
    "{PLAIN-MD5.B64}" + MD5_HEX, "{PLAIN.ROT13}frperg", "{CRYPT}", "{CRYPT}secret", "secret", "{CRYPT}$6$salt",
    "{CRYPT}$2b$", "{CRYPT}$9$a$b", "{CRYPT}" + BCRYPT + "a", "{PBKDF2}$1$salt$0$" + "0" * 40,
    "{PBKDF2}$1$salt$1000$00", "{PBKDF2}x", "{ARGON2ID}", "{ARGON2ID}$argon2id$", "{ARGON2ID}secret", "{FOO}secret",
    "PLAIN}secret", "{PLAIN secret", "{NTLM}x", "{CRYPT}é", "{SSHA}é", "{CRYPT}" + YESCRYPT,
    CRAM_MD5, NTLM, "{SCRAM-SHA-256}4096,a,b,c", *BOMBS,
]  # fmt: skip

OTHERS_VERIFY = [CRAM_MD5, NTLM, NTLM.lower(), "{CRYPT}" + YESCRYPT]

COSTLY = hypothesis_settings(max_examples=10)


def is_accepted(stored: str) -> bool:
    return stored.partition("}")[0].upper().strip("{") in ACCEPTED


@pytest.fixture(scope="module")
def doveadm() -> str:
    path = shutil.which("doveadm")
    if path is None:
        assert os.environ.get("CI") != "true", "doveadm is missing: scripts/install-test-services"
        pytest.skip("doveadm is not installed (dovecot-core)")
    return path


def dovecot_verifies(doveadm: str, stored: str, password: str) -> bool:
    command = [doveadm, "pw", "-t", stored, "-p", password]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode == 0) == run.stdout.rstrip().endswith("(verified)"), run
    return run.returncode == 0


def dovecot_writes(doveadm: str, scheme: str, password: str) -> str:
    # The least rounds where the scheme has them.
    rounds = {"BLF-CRYPT": ["-r", "4"], "ARGON2I": ["-r", "3"]}.get(scheme, [])
    command = [doveadm, "pw", "-s", scheme, "-p", password, *rounds]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.rstrip("\n")


def test_the_setting_offers_what_can_be_written() -> None:
    (row,) = (row for row in rows() if row.key == "accounts.password_scheme")
    assert set(row.values) == set(SCHEMES)
    assert Accounts().password_scheme in SCHEMES


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_new_hash_is_that_of_its_password_for_us_and_for_dovecot(doveadm: str, scheme: str) -> None:
    stored = schemes.hash(PASSWORD, scheme)
    for password, same in ((PASSWORD, True), (PASSWORD + "x", False), (PASSWORD.lower(), False)):
        assert verify(stored, password) is same
        assert dovecot_verifies(doveadm, stored, password) is same


@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [("SSHA", "{SSHA}"), ("SSHA512", "{SSHA512}"), ("PBKDF2", "{PBKDF2}$1$"), ("BCRYPT", "{CRYPT}$2b$"),
     ("ARGON2ID", "{ARGON2ID}$argon2id$"), ("CRYPT", "{CRYPT}$6$")],
)  # fmt: skip
def test_new_hashes_say_what_they_are_and_are_salted(scheme: str, beginning: str) -> None:
    first, second = schemes.hash("secret", scheme), schemes.hash("secret", scheme.lower())
    assert first.startswith(beginning)
    assert second.startswith(beginning)
    assert first != second
    assert len(first) <= schemes.MAX_HASH_CHARS


@pytest.mark.parametrize(
    "scheme",
    ["SSHA", "SHA", "SHA1", "SSHA512", "SHA512", "SSHA256", "SHA256", "PBKDF2", "BLF-CRYPT", "ARGON2I", "ARGON2ID",
     "CRYPT", "SHA512-CRYPT", "SHA256-CRYPT", "MD5", "MD5-CRYPT", "PLAIN-MD5", "LDAP-MD5", "SMD5", "PLAIN", "CLEARTEXT",
     "CLEAR", "DES-CRYPT", "SSHA512.HEX", "SHA512.B64", "PLAIN.B64"],
)  # fmt: skip
def test_what_dovecot_writes_is_verified(doveadm: str, scheme: str) -> None:
    stored = dovecot_writes(doveadm, scheme, PASSWORD)
    assert verify(stored, PASSWORD)
    assert not verify(stored, "x" + PASSWORD)


@pytest.mark.parametrize("stored", STORED)
def test_stored_hashes_are_verified_as_by_dovecot(doveadm: str, stored: str) -> None:
    # Its tool has no default as its passdb has, CRYPT.
    known_to_dovecot = stored.replace("{BCRYPT}", "{BLF-CRYPT}") if stored.startswith("{") else f"{{CRYPT}}{stored}"
    for password in ("secret", "Secret"):
        found = verify(stored, password)
        assert found is dovecot_verifies(doveadm, known_to_dovecot, password) is (password == "secret")


@pytest.mark.parametrize("stored", STORED_PBKDF2)
def test_other_programs_pbkdf2_is_verified(stored: str) -> None:
    assert verify(stored, "secret")
    assert not verify(stored, "Secret")


@pytest.mark.parametrize("stored", BAD)
def test_what_cannot_be_read_is_never_true(stored: str) -> None:
    for password in ("secret", "", "\0", "\ud800", "x", stored):
        assert not verify(stored, password)


@given(st.text(), st.text())
def test_no_text_makes_verification_fail_otherwise(stored: str, password: str) -> None:
    for value in (stored, f"{{CRYPT}}{stored}", f"{{SSHA}}{stored}", f"{{PBKDF2}}{stored}", f"{{ARGON2ID}}{stored}"):
        assert verify(value, password) is False


@COSTLY
@given(st.text(min_size=1, max_size=18), st.text(min_size=1, max_size=18))
@pytest.mark.parametrize("scheme", SCHEMES)
def test_only_the_same_password_is_true(scheme: str, password: str, other: str) -> None:
    try:
        stored = schemes.hash(password, scheme)
    except Invalid:
        assert "\0" in password
        return
    assert verify(stored, password)
    assert verify(stored, other) is (password == other)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("password", ["", "a\0b", "\ud800", "x" * (MAX_BYTES + 1)])
def test_a_password_that_no_login_could_send_gets_no_hash(scheme: str, password: str) -> None:
    with pytest.raises(Invalid) as caught:
        schemes.hash(password, scheme)
    assert caught.value.field == "password"


def test_bcrypt_takes_no_new_password_that_it_would_cut(doveadm: str) -> None:
    longest = "ü" * (BCRYPT_BYTES // 2)
    stored = schemes.hash(longest, "BCRYPT")
    assert verify(stored, longest)
    with pytest.raises(PasswordRefused, match="at most 72 bytes") as caught:
        schemes.hash(longest + "x", "BCRYPT")
    assert caught.value.rules == ("too_long",)
    # Somebody else's hash of a longer one is read as crypt(3) does.
    for password in (longest + "x", longest + "y"):
        assert verify(stored, password) is dovecot_verifies(doveadm, stored, password) is True


def test_an_unknown_scheme_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidScheme) as caught:
        schemes.hash("secret", "NTLM")
    assert caught.value.schemes == tuple(SCHEMES)


def test_one_of_many_values_is_enough() -> None:
    assert verify_any(["{PLAIN}other", NTLM, "{SSHA}broken", "{PLAIN}secret"], "secret")
    assert not verify_any(["{PLAIN}other", NTLM], "secret")
    assert not verify_any([], "secret")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_account_that_does_not_exist_costs_the_work_of_one_that_does(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def check(stored: str) -> Check:
        seen.append(stored)
        return lambda password: password == b"secret"

    monkeypatch.setattr(schemes, "check", check)
    assert dummy("secret", scheme) is False
    (stored,) = seen
    assert stored.partition("}")[0] == schemes.hash("secret", scheme).partition("}")[0]


@pytest.mark.parametrize(
    "given_as",
    [stored for stored in STORED if is_accepted(stored)] + [schemes.hash("secret", scheme) for scheme in SCHEMES],
    ids=lambda stored: stored.partition("}")[0],  # salts are random, and names of tests must not be
)
def test_a_hash_made_elsewhere_is_stored_so_that_dovecot_takes_it(doveadm: str, given_as: str) -> None:
    stored = accepted(given_as)
    assert verify(stored, "secret")
    assert dovecot_verifies(doveadm, stored, "secret")
    assert stored == given_as or given_as.startswith("{BCRYPT}")
    assert accepted(stored) == stored


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_we_write_we_also_take(scheme: str) -> None:
    stored = schemes.hash("secret", scheme)
    assert accepted(stored) == stored


def test_bcrypt_is_stored_under_a_name_dovecot_has() -> None:
    assert accepted("{bcrypt}" + BCRYPT) == "{CRYPT}" + BCRYPT
    assert accepted("{BLF-CRYPT}" + BCRYPT) == "{BLF-CRYPT}" + BCRYPT


@pytest.mark.parametrize("given_as", OTHERS_VERIFY)
def test_hashes_that_others_verify_are_stored(given_as: str) -> None:
    assert accepted(given_as) == given_as


@pytest.mark.parametrize(
    "given_as", ["", "secret", BCRYPT, "{FOO}x", "{SSHA256}x", "{}x", " {PLAIN}x", "{PLAIN", "{É}x"]
)
def test_a_hash_needs_a_scheme_that_is_taken(given_as: str) -> None:
    with pytest.raises(InvalidScheme) as caught:
        accepted(given_as)
    assert caught.value.field == "password_hash"


@pytest.mark.parametrize(
    "given_as",
    [*(bad for bad in BAD if is_accepted(bad) and bad not in OTHERS_VERIFY), "{PLAIN}a\nb", "{PLAIN}\ud800",
     "{PLAIN}" + "x" * 249, "{CRAM-MD5}00"],
)  # fmt: skip
def test_half_a_hash_is_refused(given_as: str) -> None:
    with pytest.raises(Invalid) as caught:
        accepted(given_as)
    assert caught.value.field == "password_hash"
