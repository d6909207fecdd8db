"""Turns every error that stops a command into complaints with file, line and remedy."""

from __future__ import annotations

import traceback
from pathlib import Path

from lp_contract.contract import editions
from lp_contract.file_reading import remedy_for
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.contract_checks import check
from lp_guide.writer_mistakes import Mistake

SYSTEM, FAULT = "system", "fault"
OWN = Path(__file__).parent.parent


def complaints_of(error: Exception) -> tuple[Complaint, ...]:
    """Return the complaints that explain an error to the writer of the files.

    An unexpected error comes from a contract with mistakes, or else from a fault in the program.
    """
    if isinstance(error, ContractError):
        return error.complaints
    if isinstance(error, OSError):
        return (_of_system(error),)
    if isinstance(error, MemoryError):
        return (
            Complaint(_origin(error), SYSTEM, "There is not enough memory for this.", "Look for a very large file."),
        )
    return _unsound() or (_of_program(error),)


def _of_system(error: OSError) -> Complaint:
    place = Place(shown(Path(str(error.filename))), 1) if error.filename else _origin(error)
    return Complaint(place, SYSTEM, f"{error.strerror or error}.", remedy_for(error))


def _of_program(error: Exception) -> Complaint:
    if isinstance(error, Mistake):
        return Complaint(_origin(error), error.check, error.message, error.remedy)
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    remedy = "Report it, with the command and the files."
    return Complaint(_origin(error), FAULT, f"This is a fault in lp-guide, not in your files: {said}.", remedy)


def _origin(error: Exception) -> Place:
    """Return the line of our own code that an error comes from."""
    frames = [Place(Path(frame.filename), frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    own = [place for place in frames if place.file.is_relative_to(OWN) and "site-packages" not in place.file.parts]
    return [Place(Path(__file__), 1), *frames, *own][-1]


def _unsound() -> tuple[Complaint, ...]:
    """Return the complaints about the contract: code relies on a sound one."""
    try:
        return tuple(complaint for edition in editions() for complaint in check(edition))
    except Exception:  # noqa: BLE001 - the first fault is reported instead
        return ()
