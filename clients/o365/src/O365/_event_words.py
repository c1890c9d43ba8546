"""The enumerations of calendars and events."""

from __future__ import annotations

from O365._enums import CaseEnum

MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class EventResponse(CaseEnum):
    Organizer = "organizer"
    TentativelyAccepted = "tentativelyAccepted"
    Accepted = "accepted"
    Declined = "declined"
    NotResponded = "notResponded"


class AttendeeType(CaseEnum):
    Required = "required"
    Optional = "optional"
    Resource = "resource"


class EventSensitivity(CaseEnum):
    Normal = "normal"
    Personal = "personal"
    Private = "private"
    Confidential = "confidential"


class EventShowAs(CaseEnum):
    Free = "free"
    Tentative = "tentative"
    Busy = "busy"
    Oof = "oof"
    WorkingElsewhere = "workingElsewhere"
    Unknown = "unknown"


class CalendarColor(CaseEnum):
    LightBlue = "lightBlue"
    LightGreen = "lightGreen"
    LightOrange = "lightOrange"
    LightGray = "lightGray"
    LightYellow = "lightYellow"
    LightTeal = "lightTeal"
    LightPink = "lightPink"
    LightBrown = "lightBrown"
    LightRed = "lightRed"
    MaxColor = "maxColor"
    Auto = "auto"


class EventType(CaseEnum):
    SingleInstance = "singleInstance"
    Occurrence = "occurrence"
    Exception = "exception"
    SeriesMaster = "seriesMaster"


class OnlineMeetingProviderType(CaseEnum):
    Unknown = "unknown"
    TeamsForBusiness = "teamsForBusiness"
    SkypeForBusiness = "skypeForBusiness"
    SkypeForConsumer = "skypeForConsumer"


class DailyEventFrequency:
    """How often: a type of recurrence and its interval."""

    def __init__(self, recurrence_type: str, interval: int) -> None:
        self.recurrence_type = recurrence_type
        self.interval = interval
