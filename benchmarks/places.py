"""Where a benchmark finds the generator, keeps what was generated, and writes its result."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAKE_LOAD = ROOT.parent / "shared" / "tools" / "make_load.py"
DATA = ROOT.parent / "shared" / "data"


def arguments(about: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    kept = Path(os.environ.get("OSTIARY_BENCH") or Path(tempfile.gettempdir()) / "ostiary-bench")
    parser.add_argument(
        "--load", type=Path, default=kept, help="folder that keeps generated files (default %(default)s)"
    )
    parser.add_argument("--make-load", type=Path, default=MAKE_LOAD, help="the generator make_load.py")
    parser.add_argument("--output", type=Path, help="where to write the result as JSON (default: in the --load folder)")
    return parser


def scale(rows: int) -> str:
    """Return a short name of a count: 10000000 is `10m`, 100000 is `100k`."""
    for unit, letter in ((1_000_000, "m"), (1_000, "k")):
        if rows % unit == 0:
            return f"{rows // unit}{letter}"
    return str(rows)


def generated(args: argparse.Namespace, command: str, rows: int, files: int) -> tuple[list[Path], Path]:
    """Return generated files and their truth, made on first use; the generator is deterministic, so they are kept.

    Ends the program with a clear message where they are to be made and the generator is absent.
    """
    folder = args.load / f"{command}{scale(rows)}"
    truth = args.load / f"{folder.name}_truth.parquet"
    if not truth.exists():
        if not args.make_load.is_file():
            sys.exit(f"{args.make_load}: no generator there; name it with --make-load, or its files with --load")
        args.load.mkdir(parents=True, exist_ok=True)
        print(f"Generating {rows:,} rows into {folder} (once) ...", file=sys.stderr)
        call = [sys.executable, str(args.make_load), command, "--rows", str(rows), "--files", str(files)]
        subprocess.run([*call, "--out", str(folder), "--truth", str(truth)], check=True, stdout=subprocess.DEVNULL)
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".part")), truth
