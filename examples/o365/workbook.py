"""Fill a sheet of a workbook in the drive, let Excel's formulas calculate it, and make it look well."""

from __future__ import annotations

from examples.o365.connection import connect, parser

from O365.drive import File
from O365.excel import WorkBook

ROWS: list[list[str | float]] = [
    ["Part", "Pieces", "Price"],
    ["Tile", 1200, 0.85],
    ["Beam", 14, 96.5],
    ["Nail", 5000, 0.02],
]


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("path", help="of a workbook in the drive, as /Offers/roof.xlsx")
    made.add_argument("--sheet", default="Roof")
    options = made.parse_args(arguments)
    drive = connect(options, "onedrive_all").storage().get_default_drive()
    file = drive.get_item_by_path(options.path)
    if not isinstance(file, File):
        raise SystemExit(f"There is no file {options.path}.")
    book = WorkBook(file)
    sheet = book.get_worksheet(options.sheet) if options.sheet in [one.name for one in book.get_worksheets()] else None
    sheet = sheet or book.add_worksheet(options.sheet)
    if sheet is None:
        raise SystemExit(f"{options.sheet} could not be made.")
    sheet.update_cells(f"A1:C{len(ROWS)}", ROWS)
    total = sheet.get_range("C6")
    head = sheet.get_range("A1:C1")
    if total is None or head is None:
        raise SystemExit("The sheet cannot be read.")
    total.values = "=SUMPRODUCT(B2:B4,C2:C4)"
    total.number_format = "#,##0.00"
    total.update()
    looks = head.get_format()
    if looks is not None:
        looks.font.bold = True
        looks.update()
    print(f"{options.sheet}: {total.values[0][0]}")
    book.session.close_session()


if __name__ == "__main__":
    main()
