"""The functions a server has, with their arguments, and which of them this client does not know yet."""

from __future__ import annotations

from examples.mailstore.connection import connect, parser

from mailstore.contract import SERVER


def main(arguments: list[str] | None = None) -> None:
    with connect(parser(__doc__).parse_args(arguments)) as client:
        for function in client.GetMetadata():
            described = (f"{arg['name']}{'?' if arg['nullable'] else ''}: {arg['type']}" for arg in function["args"])
            mark = "" if function["name"] in SERVER else "   (newer than this client)"
            print(f"{function['name']}({', '.join(described)}){mark}")


if __name__ == "__main__":
    main()
