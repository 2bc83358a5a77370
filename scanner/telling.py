"""What is told of the reading of one file: coverage, and why it was not read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from connectors.formats import Format
from connectors.registry import FORMATS
from model.errors import AccessDenied, ConfigError, Interrupted, OstiaryError, Unreachable, WrongFormat
from model.stream import Coverage, Status, Stream

_REPORT_IT = "please report this; the other files were read"


@dataclass(slots=True)
class Report:
    """What was read of one file: by stream, with the places where no record could be read.

    `pages` says of each page of the file whether it names a further one; `nothing_of` names the persons of whom the
    file says that nothing is held.
    """

    file: str
    coverage: dict[str, Coverage]
    bad: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages: list[bool] = field(default_factory=list)
    nothing_of: list[str] = field(default_factory=list)
    lane: str = "translator"


@contextmanager
def telling(found: Format, report: Report) -> Iterator[None]:
    """Say in the report what kept a file from being read to its end."""
    try:
        yield
    except AccessDenied as error:
        _refuse(found, report, error)
    except WrongFormat as error:
        worsen(report, Status.FAILED, f"{report.file}: not {found.name}: {error}", hint(found))
    except Interrupted as error:
        again = "what came before is kept; mend the file and run the same command again"
        worsen(report, Status.PARTIAL, f"{report.file}: {error}", again)


def hint(found: Format) -> str:
    """Return what to do about a file that is of another FORMAT."""
    return f"`ostiary ingest --list` names the formats; {found.name} is: {found.about}"


def worsen(report: Report, status: Status, reason: str, remedy: str) -> None:
    """Lower the status of every stream of a file."""
    for coverage in report.coverage.values():
        coverage.worsen(status, reason, remedy)


def _refuse(found: Format, report: Report, error: AccessDenied) -> None:
    """Name the permission that the declaration of the stream knows; the vendor's answer often has a code alone."""
    for stream in found.streams:
        wanted = [p for p in stream.permissions if p not in error.permission] if error.lacking else []
        reason = f"{', '.join(wanted)} ({error.permission})" if wanted else error.permission
        report.coverage[stream.name].worsen(Status.REFUSED, reason, error.remedy)


def fell_short(coverage: Coverage, stream: Stream, error: BaseException, *, name: str) -> None:
    """Say in the coverage of a live stream what kept it from being read to its end.

    A refusal names the permission and where to grant it, as the stream declares them.
    """
    cut = Status.PARTIAL if coverage.read else Status.FAILED
    if isinstance(error, AccessDenied):
        wanted = [p for p in stream.permissions if p not in error.permission] if error.lacking else []
        reason = f"{', '.join(wanted)} ({error.permission})" if wanted else error.permission
        coverage.worsen(Status.REFUSED, reason, stream.remedy if error.lacking and stream.remedy else error.remedy)
    elif isinstance(error, Unreachable):
        coverage.worsen(cut, error.reason, error.remedy)
    elif isinstance(error, ConfigError):
        coverage.worsen(cut, str(error), "mend the source's table in the configuration")
    elif isinstance(error, OSError):
        coverage.worsen(cut, f"{name}: {error.strerror}", "free some space and run the same command again")
    elif isinstance(error, OstiaryError):
        coverage.worsen(cut, f"{name}: {error}", "run the same command again: it goes on where this one stopped")
    else:
        coverage.worsen(cut, f"{name}: {type(error).__name__}", "please report this; the other streams were read")


def crashed(form: str, file: str, error: Exception) -> Report:
    """Return the report of a file whose reading broke down: a failed stream, so that the others go on."""
    report = Report(file, {s.name: Coverage(stream=s.name) for s in FORMATS[form].streams})
    said = str(error) if isinstance(error, OstiaryError) else type(error).__name__
    short = isinstance(error, OSError) or said in {"IOException", "OutOfMemoryException"}  # the engine's own words
    remedy = "is there space in the folder for temporary files? free some and run the same command again"
    worsen(report, Status.FAILED, f"{file}: {said}", remedy if short else _REPORT_IT)
    return report
