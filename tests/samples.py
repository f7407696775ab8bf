"""Where the sample files lie that nobody here wrote; they are no part of the repository, but stand beside it."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
IDTA = SAMPLES / "aas" / "idta"
ABSENT = "the sample files are not beside this checkout, in ../shared/samples"

needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason=ABSENT)
