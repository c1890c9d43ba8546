"""The languages that a mailbox can be set to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_NAMES: Final[Mapping[str, str]] = {
    "ar-SA": "Arabic (Saudi Arabia)", "bg-BG": "Bulgarian (Bulgaria)", "ca-ES": "Catalan (Spain)",
    "cs-CZ": "Czech (Czechia)", "da-DK": "Danish (Denmark)", "de-AT": "German (Austria)",
    "de-CH": "German (Switzerland)", "de-DE": "German (Germany)", "el-GR": "Greek (Greece)",
    "en-AU": "English (Australia)", "en-CA": "English (Canada)", "en-GB": "English (United Kingdom)",
    "en-IE": "English (Ireland)", "en-IN": "English (India)", "en-NZ": "English (New Zealand)",
    "en-US": "English (United States)", "en-ZA": "English (South Africa)", "es-AR": "Spanish (Argentina)",
    "es-ES": "Spanish (Spain)", "es-MX": "Spanish (Mexico)", "et-EE": "Estonian (Estonia)",
    "eu-ES": "Basque (Spain)", "fa-IR": "Persian (Iran)", "fi-FI": "Finnish (Finland)",
    "fil-PH": "Filipino (Philippines)", "fr-BE": "French (Belgium)", "fr-CA": "French (Canada)",
    "fr-CH": "French (Switzerland)", "fr-FR": "French (France)", "ga-IE": "Irish (Ireland)",
    "gl-ES": "Galician (Spain)", "he-IL": "Hebrew (Israel)", "hi-IN": "Hindi (India)",
    "hr-HR": "Croatian (Croatia)", "hu-HU": "Hungarian (Hungary)", "id-ID": "Indonesian (Indonesia)",
    "is-IS": "Icelandic (Iceland)", "it-CH": "Italian (Switzerland)", "it-IT": "Italian (Italy)",
    "ja-JP": "Japanese (Japan)", "kk-KZ": "Kazakh (Kazakhstan)", "ko-KR": "Korean (Korea)",
    "lt-LT": "Lithuanian (Lithuania)", "lv-LV": "Latvian (Latvia)", "ms-MY": "Malay (Malaysia)",
    "nb-NO": "Norwegian Bokmål (Norway)", "nl-BE": "Dutch (Belgium)", "nl-NL": "Dutch (Netherlands)",
    "nn-NO": "Norwegian Nynorsk (Norway)", "pl-PL": "Polish (Poland)", "pt-BR": "Portuguese (Brazil)",
    "pt-PT": "Portuguese (Portugal)", "ro-RO": "Romanian (Romania)", "ru-RU": "Russian (Russia)",
    "sk-SK": "Slovak (Slovakia)", "sl-SI": "Slovenian (Slovenia)", "sq-AL": "Albanian (Albania)",
    "sr-Cyrl-RS": "Serbian (Cyrillic, Serbia)", "sr-Latn-RS": "Serbian (Latin, Serbia)", "sv-SE": "Swedish (Sweden)",
    "sw-KE": "Swahili (Kenya)", "ta-IN": "Tamil (India)", "th-TH": "Thai (Thailand)", "tr-TR": "Turkish (Türkiye)",
    "uk-UA": "Ukrainian (Ukraine)", "ur-PK": "Urdu (Pakistan)", "vi-VN": "Vietnamese (Vietnam)",
    "zh-CN": "Chinese (Simplified, China)", "zh-HK": "Chinese (Traditional, Hong Kong)",
    "zh-TW": "Chinese (Traditional, Taiwan)",
}  # fmt: skip
ALL: Final = [{"locale": locale, "displayName": name} for locale, name in _NAMES.items()]


def named(language: str) -> dict[str, str]:
    """The language of an account, `en_US` or `de`, as a mailbox has it; English when it is none of these."""
    wanted = language.replace("_", "-").lower()
    found = next((one for one in ALL if one["locale"].lower() == wanted), None)
    found = found or next((one for one in ALL if wanted and one["locale"].lower().startswith(f"{wanted[:2]}-")), None)
    return found or {"locale": "en-US", "displayName": _NAMES["en-US"]}
