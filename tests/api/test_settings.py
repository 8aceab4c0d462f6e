from pathlib import Path

import pytest

from api.settings import ServerSettings
from qa.settings import Settings


def test_a_variable_of_the_environment_sets_one_thing() -> None:
    # Both are read under PRESSQA_: a name that both had would set two things at once.
    assert Settings.model_config["env_prefix"] == ServerSettings.model_config["env_prefix"]
    assert not Settings.model_fields.keys() & ServerSettings.model_fields.keys()


def test_an_empty_variable_is_as_none_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Compose files and shell scripts hand on variables that are not set as empty ones: that names no folder, and
    # least of all the one in which pressqa happens to run.
    monkeypatch.chdir(tmp_path)
    for name in ("DATA", "MODELS", "MODEL", "THREADS", "HOST", "PORT", "HOSTS", "RATE_LIMIT"):
        monkeypatch.delenv(f"PRESSQA_{name}", raising=False)
    unset = Settings(), ServerSettings()
    for name in ("DATA", "MODELS", "MODEL", "THREADS", "HOST", "PORT", "HOSTS", "RATE_LIMIT"):
        monkeypatch.setenv(f"PRESSQA_{name}", "")
    assert (Settings(), ServerSettings()) == unset
