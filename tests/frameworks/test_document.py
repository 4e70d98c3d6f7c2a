"""A framework survives being hashed, stored and read back."""

from dataclasses import replace

import pytest

from pb.foundation.canonical import canonical_json
from pb.foundation.money import euros
from pb.frameworks.document import from_document, hash_of, to_document
from pb.frameworks.domain import BallotRules
from pb.tally.election import BallotKind
from tests.builders import a_framework


def test_a_framework_read_back_from_its_document_is_the_same():
    framework = a_framework(
        ballot=BallotRules(
            kind=BallotKind.KNAPSACK,
            max_cost=euros(30_000),
            max_choices_of_theme=(("T1", 2),),
            max_cost_of_theme=(("T2", euros(9)),),
        )
    )

    assert from_document(to_document(framework)) == framework


def test_the_hash_changes_with_every_cent():
    framework = a_framework()

    assert hash_of(framework) != hash_of(replace(framework, total=framework.total + 1))
    assert hash_of(framework) == hash_of(a_framework())


def test_a_float_is_never_hashed():
    with pytest.raises(TypeError):
        canonical_json({"cost": 12.5})
