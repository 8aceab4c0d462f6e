"""The shipped readers as models that can be trained further."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import InputError
from qa.reading.exports import ReaderFiles, second_files, shipped_files
from qa.reading.span_model import SpanModel
from qa.reading.windows import Text

pytestmark = pytest.mark.model

TEXTS = [
    Text("Returns", "In March 2,580 foreign offenders were removed. The minister spoke in Hull."),
    Text("", "The ferry to the island leaves at noon."),
]


@pytest.mark.parametrize(("second", "away"), [(False, 0.5), (True, 0.7)])
def test_an_unpacked_reader_scores_as_the_shipped_one(second: bool, away: float, tmp_path: Path) -> None:
    import torch  # noqa: PLC0415 - only these tests pay for it

    from eval.training.models import start_model  # noqa: PLC0415
    from eval.training.unpack import unpack  # noqa: PLC0415

    files: ReaderFiles = second_files() if second else shipped_files()
    model = start_model(unpack(tmp_path / "model", second=second)).eval()
    shipped = SpanModel(files)
    every = [window for found in shipped.windows("how many people were removed?", TEXTS) for window in found]
    for window, starts, ends in zip(every, *shipped.score(every), strict=True):
        ids = torch.from_numpy(window.ids)[None]
        types = {} if second else {"token_type_ids": torch.from_numpy(window.types)[None]}
        with torch.no_grad():
            scores = model(input_ids=ids, attention_mask=torch.ones_like(ids), **types)
        # What is multiplied is in 8 bits when it runs, so the scores move a little.
        assert np.abs(scores.start_logits[0].numpy() - starts).max() < away
        assert np.abs(scores.end_logits[0].numpy() - ends).max() < away
        assert np.ptp(starts) > 2 * away


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    from eval.training.unpack import unpack  # noqa: PLC0415 - only these tests pay for it

    with pytest.raises(InputError, match="exists already"):
        unpack(tmp_path)
