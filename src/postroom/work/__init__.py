"""Long-running calls: token, growing version, log, progress, cancel; their end is kept in work.db."""

from postroom.work.process import Failure, Process, State, Status
from postroom.work.work import Work

__all__ = ["Failure", "Process", "State", "Status", "Work"]
