import pytest
from tokenizers import Tokenizer

from index.models.exports import TOKENIZER_FILE
from index.models.names import find_default_model


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The packaged encoder's tokenizer: data that needs no model library."""
    made = Tokenizer.from_file(str(find_default_model() / TOKENIZER_FILE))
    made.no_padding()
    made.no_truncation()
    return made
