"""Cells of files that spreadsheet programs open: none of them may be taken for a formula.

A cell that begins like a formula is given an apostrophe in front, which spreadsheets take for "this
is text"; reading takes it away again, so that a file can be written, corrected and read as is.
(OWASP, CSV Injection.)
"""

import csv
import io

FORMULA_STARTS = ('=', '+', '-', '@', '\t', '\r')


def disarm(text):
    """Return the text as a cell that no program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) or _is_disarmed(text) else text


def rearm(text):
    """Return the text that :func:`disarm` was given."""
    return text[1:] if _is_disarmed(text) else text


def _is_disarmed(text):
    return text.startswith("'") and text[1:].startswith((*FORMULA_STARTS, "'"))


def write_csv(rows, separator):
    """Return the rows of texts as a CSV file that spreadsheet programs know to be UTF-8."""
    output = io.StringIO()
    csv.writer(output, delimiter=separator).writerows(
        [disarm(cell) for cell in row] for row in rows)
    return output.getvalue().encode('utf-8-sig')


def write_xlsx(rows):
    """Return the rows of texts as a workbook of texts alone."""
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {'in_memory': True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return output.getvalue()
