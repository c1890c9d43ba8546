"""Stop a call that takes long: ask for it, then wait for the end, which comes a little later."""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, of_an_instance


def main(arguments: list[str] | None = None) -> None:
    parser = of_an_instance(__doc__)
    parser.add_argument("--store", type=int, default=1)
    options = parser.parse_args(arguments)
    with connect(options, autoHandleToken=False) as client:
        process = client.VerifyStore(options.instance, options.store)
        client.GetStatus(process)  # whatever there is to do meanwhile
        client.CancelAsync(process)
        status = client.HandleToken(process)
    print((status["logOutput"] or "").replace("\r\n", "\n"), end="")
    print(f"The verification was {status['statusCode']}.")


if __name__ == "__main__":
    main()
