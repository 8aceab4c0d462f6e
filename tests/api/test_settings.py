from api.settings import ServerSettings
from qa.settings import Settings


def test_a_variable_of_the_environment_sets_one_thing() -> None:
    # Both are read under PRESSQA_: a name that both had would set two things at once.
    assert Settings.model_config["env_prefix"] == ServerSettings.model_config["env_prefix"]
    assert not Settings.model_fields.keys() & ServerSettings.model_fields.keys()
