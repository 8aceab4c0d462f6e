from pathlib import Path

import pytest

from eval.training.config import Config, read_config
from index.errors import InputError

SMALLEST = """
[dev]
paragraphs = { path = "dev.jsonl" }
[[phases]]
name = "one"
"""


@pytest.mark.parametrize(
    "name", ["reader.toml", "reader_further.toml", "reader_paired.toml", "second_reader_paired.toml"]
)
def test_the_configurations_of_the_shipped_reader_are_some(name: str) -> None:
    made = read_config(Path(__file__).parents[3] / "eval" / "training" / name)
    assert [phase.name for phase in made.phases]
    assert Config.model_validate_json(made.model_dump_json()) == made


def test_the_configuration_of_the_larger_reader_is_one() -> None:
    made = read_config(Path(__file__).parents[3] / "eval" / "training" / "second_reader.toml")
    assert [(phase.together, phase.candidates, phase.repeat) for phase in made.phases] == [(1, 0, 0), (0, 1, 0)] * 2
    assert Config.model_validate_json(made.model_dump_json()) == made


def test_the_smallest_configuration(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALLEST, "utf-8")
    made = read_config(tmp_path / "small.toml")
    assert (made.start, made.phases[0].paragraphs, made.dev.paragraphs.take) == (None, (), None)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("name", "nmae"), "nmae"),
        (('name = "one"', 'name = "one"\nlearning_rate = 0'), "learning_rate"),
        (('name = "one"', 'name = "one"\nbeside = 1.5'), "beside"),
        (('name = "one"', 'name = "one"\ngroup = 0'), "group"),
        (('name = "one"', 'name = "one"\nminutes = 0'), "minutes"),
        (('name = "one"', 'name = "one"\ncandidates = -1'), "candidates"),
        (("[dev]", "frozen = -1\n[dev]"), "frozen"),
        (("[dev]", "length = 20\n[dev]"), "length"),
        (("[dev]", 'precision = "float8"\n[dev]'), "precision"),
        (('path = "dev.jsonl"', 'path = "dev.jsonl", take = 0'), "take"),
        (('[[phases]]\nname = "one"', ""), "phases"),
        (('name = "one"', 'name = "one"\n[[phases]]\nname = "one"'), "one name twice"),
        (('name = "one"', 'name = "one"\nstart = { one = 1.0 }'), "start of one: no phase before it is called 'one'"),
        (("[dev]", "finish = { two = 1.0 }\n[dev]"), "finish: no phase before it is called 'two'"),
        (("[dev]", "finish = { one = 0.9 }\n[dev]"), "not 1 in all"),
        (("[dev]", "[dev"), "TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(SMALLEST.replace(*change), "utf-8")
    with pytest.raises(InputError) as raised:
        read_config(path)
    assert str(path) in str(raised.value)
    assert named in str(raised.value) or named == "TOML"
    assert "reader.toml" in raised.value.hint


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.toml"):
        read_config(tmp_path / "missing.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"bytes\.toml"):
        read_config(tmp_path / "bytes.toml")
