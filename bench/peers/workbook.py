"""`python -m bench.peers.workbook FILE`: the cells of the greatest sheet of a workbook, written anew by openpyxl.

Prints as JSON how many rows there are below the header, the seconds of writing, and the greatest memory above what the
rows themselves take. Reading the file is not measured.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time

import openpyxl

from bench import processes


def main(path: str) -> None:
    """Write the rows to memory, as a server would before it sends them."""
    book = openpyxl.load_workbook(path, read_only=True)
    every = [[tuple(cell for cell in row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    rows = max(every, key=len)
    rest = processes.begin_peak(os.getpid())
    began = time.perf_counter()
    anew = openpyxl.Workbook(write_only=True)
    sheet = anew.create_sheet("Подтверждение")
    for row in rows:
        sheet.append(row)
    anew.save(io.BytesIO())
    took = time.perf_counter() - began
    peak = processes.peak_mib(os.getpid())
    print(json.dumps({"rows": len(rows) - 1, "seconds": took, "mib": peak - rest}))


if __name__ == "__main__":
    main(sys.argv[1])
