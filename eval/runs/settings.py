"""Settings of a run or of a point of a sweep: those of the environment, with some replaced."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.errors import InputError
from qa.settings import Settings, read_settings

_PLACES = frozenset({"data", "models"})
"""Settings that say where things are kept, not how questions are answered."""


def settings_with(overrides: Mapping[str, Any], data: Path | None = None) -> Settings:
    """Return the settings of the environment with ``overrides``; raises `InputError` naming a bad one."""
    for key in overrides:
        if key not in Settings.model_fields or key in _PLACES:
            names = sorted(Settings.model_fields.keys() - _PLACES)
            raise InputError(f"no setting is called {key!r}", f"choose among: {', '.join(names)}")
    places: dict[str, Any] = {} if data is None else {"data": data}
    return read_settings(Settings, {**overrides, **places})
