"""What the settings of an admin say about creating domains."""

from __future__ import annotations

from postroom.accounts.model import CreatorLimits
from postroom.accounts.text_settings import UNITS_MIB, Texts


def creator_limits(settings: Texts) -> CreatorLimits | None:
    """None for who may not. Source: `create_new_domains` and `create_max_*`; without a unit the quota is in MB."""
    if not settings.get_flag("create_new_domains"):
        return None
    unit = UNITS_MIB.get(settings.get("create_quota_unit").strip().upper() or "MB", 1)
    return CreatorLimits(
        domains=settings.get_int("create_max_domains"),
        quota_mb=settings.get_int("create_max_quota") * unit,
        users=settings.get_int("create_max_users"),
        aliases=settings.get_int("create_max_aliases"),
        lists=settings.get_int("create_max_lists"),
    )
