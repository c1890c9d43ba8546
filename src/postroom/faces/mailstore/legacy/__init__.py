"""The Management API of MailStore Server 6 and 7: the same functions, bare results, JSON or XML."""
