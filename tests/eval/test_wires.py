"""Real releases of 44 sites, parted from what stands around them: measured where ``../shared`` is there."""

from pathlib import Path
from statistics import mean

import pytest

from eval.bench.wires import FILE, compare, f1, scores

PATH = Path(__file__).parents[3] / "shared" / "fixtures" / "datasets" / FILE


def test_scores_are_of_words() -> None:
    kept, let_in = compare("The ferry is late, the", "the ferry call us")
    assert (kept, let_in, round(f1(kept, let_in), 3)) == (2 / 5, 0.5, 0.444)
    assert f1(0.0, 1.0) == 0.0


@pytest.mark.skipif(not PATH.exists(), reason="needs ../shared")
def test_real_releases_are_parted_from_the_lines_around_them() -> None:
    ours, as_it_came = scores(PATH)
    assert len(ours) == 44
    assert mean(f1(*each) for each in ours) >= 0.999
    assert min(f1(*each) for each in ours) >= 0.98
    assert mean(let_in for _, let_in in ours) < mean(let_in for _, let_in in as_it_came) / 4
