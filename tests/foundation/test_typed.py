"""What nobody types is taken out; what people write stays as it was."""

import pytest

from pb.foundation.typed import as_typed


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", "\u202e", "\ufffe", "\ud800"])
def test_a_sign_that_nobody_types_is_taken_out(sign):
    assert as_typed(f"een{sign}bank") == "eenbank"


@pytest.mark.parametrize(
    "text", ["een\nbank", "\tbank", "كرسي", "bänk €", "👍🏽", "<b>{{ 7 * 7 }}%s"]
)
def test_what_people_write_stays(text):
    assert as_typed(text) == text
