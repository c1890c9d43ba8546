"""What the databases do by themselves when Dovecot and amavisd write: statements that make the triggers.

Dovecot knows the user of a quota and not the domain. Its quota dictionary (2.3) only inserts into PostgreSQL, and what
it inserts is a difference: there a row for a known user is added to the one that is there.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Trigger(NamedTuple):
    """`statements` make it, for the kind of database they stand under."""

    table: str
    name: str
    statements: tuple[str, ...]


_QUOTA_SQLITE: Final = """
CREATE TRIGGER used_quota_before_insert AFTER INSERT ON used_quota WHEN NEW.domain = '' AND NEW.username LIKE '%@%'
BEGIN
  UPDATE used_quota SET domain = substr(NEW.username, instr(NEW.username, '@') + 1) WHERE username = NEW.username;
END"""

_QUOTA_MARIADB: Final = """
CREATE TRIGGER used_quota_before_insert BEFORE INSERT ON used_quota FOR EACH ROW
  SET NEW.domain = IF(NEW.domain = '' AND NEW.username LIKE '%@%', SUBSTRING_INDEX(NEW.username, '@', -1), NEW.domain)
"""

# The lock lasts until the transaction ends: of two first inserts for one user, the second sees the first.
_QUOTA_POSTGRESQL: Final = (
    """
CREATE OR REPLACE FUNCTION used_quota_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.domain IS NULL OR NEW.domain = '' THEN
    NEW.domain := CASE WHEN NEW.username LIKE '%@%' THEN split_part(NEW.username, '@', 2) ELSE '' END;
  END IF;
  NEW.bytes := coalesce(NEW.bytes, 0);
  NEW.messages := coalesce(NEW.messages, 0);
  PERFORM pg_advisory_xact_lock(hashtext('used_quota'), hashtext(NEW.username));
  UPDATE used_quota
    SET bytes = greatest(bytes + NEW.bytes, 0), messages = greatest(messages + NEW.messages, 0), domain = NEW.domain
    WHERE username = NEW.username;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  NEW.bytes := greatest(NEW.bytes, 0);
  NEW.messages := greatest(NEW.messages, 0);
  RETURN NEW;
END $$""",
    """
CREATE TRIGGER used_quota_before_insert BEFORE INSERT ON used_quota FOR EACH ROW EXECUTE FUNCTION used_quota_add()""",
)

_MADDR_SQLITE: Final = """
CREATE TRIGGER maddr_before_insert AFTER INSERT ON maddr WHEN NEW.email_raw = ''
BEGIN
  UPDATE maddr SET email_raw = CASE
      WHEN instr(NEW.email, '+') > 1 AND instr(NEW.email, '+') < instr(NEW.email, '@')
      THEN substr(NEW.email, 1, instr(NEW.email, '+') - 1) || substr(NEW.email, instr(NEW.email, '@'))
      ELSE NEW.email END
    WHERE id = NEW.id;
END"""

_MADDR_MARIADB: Final = """
CREATE TRIGGER maddr_before_insert BEFORE INSERT ON maddr FOR EACH ROW
  SET NEW.email_raw = IF(NEW.email_raw <> '', NEW.email_raw,
    IF(LOCATE('+', NEW.email) > 1 AND LOCATE('+', NEW.email) < LOCATE('@', NEW.email),
      CONCAT(SUBSTRING_INDEX(NEW.email, '+', 1), SUBSTRING(NEW.email, LOCATE('@', NEW.email))), NEW.email))
"""

_MADDR_POSTGRESQL: Final = (
    """
CREATE OR REPLACE FUNCTION maddr_email_raw() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  plus int := position('\\x2b'::bytea in NEW.email);
  sign int := position('\\x40'::bytea in NEW.email);
BEGIN
  IF NEW.email_raw IS NULL OR NEW.email_raw = ''::bytea THEN
    NEW.email_raw := CASE WHEN plus > 1 AND plus < sign
      THEN substring(NEW.email from 1 for plus - 1) || substring(NEW.email from sign) ELSE NEW.email END;
  END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER maddr_before_insert BEFORE INSERT ON maddr FOR EACH ROW EXECUTE FUNCTION maddr_email_raw()",
)

TRIGGERS: Final[dict[str, tuple[Trigger, ...]]] = {
    "sqlite": (
        Trigger("used_quota", "used_quota_before_insert", (_QUOTA_SQLITE,)),
        Trigger("maddr", "maddr_before_insert", (_MADDR_SQLITE,)),
    ),
    "mariadb": (
        Trigger("used_quota", "used_quota_before_insert", (_QUOTA_MARIADB,)),
        Trigger("maddr", "maddr_before_insert", (_MADDR_MARIADB,)),
    ),
    "postgresql": (
        Trigger("used_quota", "used_quota_before_insert", _QUOTA_POSTGRESQL),
        Trigger("maddr", "maddr_before_insert", _MADDR_POSTGRESQL),
    ),
}
"""By kind of database. A table that has a trigger of another name is left alone."""

EXISTING: Final = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "mariadb": "SELECT trigger_name, event_object_table FROM information_schema.triggers "
    "WHERE trigger_schema = DATABASE()",
    "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema()",
}
"""Names and tables of the triggers that are there."""
