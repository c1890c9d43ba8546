"""How a console program asks for consent, and says what became of it."""

from __future__ import annotations


def consent_input_token(consent_url: str) -> str:
    """Print the URL to visit and read the URL that the browser ended up at."""
    print("Visit the following url to give consent:")  # noqa: T201 - a console dialogue
    print(consent_url)  # noqa: T201
    return input("Paste the authenticated url here:\n")


def report(done: bool) -> bool:
    """Print whether the sign-in worked."""
    if done:
        print("Authentication Flow Completed. Oauth Access Token Stored. You can now use the API.")  # noqa: T201
    else:
        print("Something went wrong. Please try again.")  # noqa: T201
    return done
