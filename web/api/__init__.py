"""The interface for programs: everything that the pages do, below /api/v1."""

from fastapi import FastAPI


def add(app: FastAPI) -> None:
    """Add the routes of the interface to the application."""
