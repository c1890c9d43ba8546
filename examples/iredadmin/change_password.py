"""A user's new password: refused when it is weak, with all the reasons; then tried."""

from __future__ import annotations

from examples.iredadmin.connection import connect, parser

from iredadmin.errors import InvalidCredentials, PasswordRefused

REASONS = {
    "PW_SHORTER_THAN_MIN_LENGTH": "it is too short",
    "PW_GREATER_THAN_MAX_LENGTH": "it is too long",
    "PW_NO_LETTER": "it has no letter",
    "PW_NO_UPPERCASE": "it has no capital letter",
    "PW_NO_DIGIT_NUMBER": "it has no digit",
    "PW_NO_SPECIAL_CHAR": "it has no special character",
}


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--user", default="anna", help="the part before the @")
    made.add_argument("--new-password", default="An0ther#Word")
    options = made.parse_args(arguments)
    mail = f"{options.user}@{options.domain}"
    with connect(options) as client:
        try:
            client.users.update(mail, password=options.new_password)
        except PasswordRefused as error:
            print(f"Not taken: {', '.join(REASONS.get(code, code) for code in error.codes)}.")
            return
        print(f"{mail} has a new password.")
        for password in (options.new_password, f"{options.new_password}?"):
            try:
                client.users.verify_password(mail, password=password)
                print("The password is right.")
            except InvalidCredentials:
                print("Another one is wrong.")


if __name__ == "__main__":
    main()
