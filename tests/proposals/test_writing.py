"""What residents type: kept as it is, read when it is sent, advised on at any time."""

from dataclasses import replace

import pytest

from pb.foundation.money import Cents, euros
from pb.proposals.domain import ADAPTED_COST
from pb.proposals.writing import (
    LENGTHS,
    Writing,
    WrittenLine,
    advice_on,
    as_typed,
    following,
    from_document,
    missing_from,
    read_amount,
    to_content,
    to_document,
)
from tests.builders import a_framework, a_writing


def fields(findings):
    return [finding.field for finding in findings]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1.250,50", 125050),
        ("€ 1250", 125000),
        (" 12 ", 1200),
        ("0", 0),
        ("", None),
        ("ongeveer 300", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 25, None),
        ("9" * 5000, None),
        ("100000001", None),
        ("12.50", None),
    ],
)
def test_an_amount_is_read_as_people_write_it_or_not_at_all(typed, cents):
    assert read_amount(typed) == cents


def test_only_the_line_of_an_adaptation_goes_below_zero():
    agreed = a_writing(lines=(WrittenLine("Bankje", "2000"), WrittenLine(ADAPTED_COST, "-500,50")))
    own = a_writing(lines=(WrittenLine("Bankje", "2000"), WrittenLine("Korting", "-500,50")))

    assert missing_from(a_framework(), agreed) == []
    assert to_content(agreed).cost == Cents(149_950)
    assert fields(missing_from(a_framework(), own)) == ["line_2"]


@pytest.mark.parametrize("amount", ["-2000", "-2500"])
def test_a_plan_that_costs_nothing_after_all_is_not_sent(amount):
    writing = a_writing(lines=(WrittenLine("Bankje", "2000"), WrittenLine(ADAPTED_COST, amount)))

    assert fields(missing_from(a_framework(), writing)) == ["line_1"]


def test_a_draft_follows_its_plan_word_by_word():
    before = to_content(a_writing())
    changed = replace(
        before,
        title="Kleiner",
        place="",
        upkeep=None,
        area_id="A2",
        cost=Cents(200_050),
        cost_lines=before.cost_lines[:1],
    )

    followed = following(a_writing(care="De school."), before=before, after=changed)

    assert to_content(followed) == replace(changed, care="De school.")
    assert missing_from(a_framework(), followed) == []
    assert followed.reach == a_writing().reach


def test_the_server_makes_the_total_of_what_can_be_read():
    writing = Writing(
        lines=(WrittenLine("a", "10"), WrittenLine("b", "tien"), WrittenLine("c", "5,25"))
    )

    assert writing.total() == Cents(1525)
    assert Writing().total() is None


def test_a_complete_plan_misses_nothing():
    assert missing_from(a_framework(), a_writing()) == []


def test_an_empty_plan_misses_what_is_required_in_the_order_of_the_form():
    assert fields(missing_from(a_framework(), Writing())) == [
        "title",
        "summary",
        "place",
        "area_id",
        "theme_id",
        "line_1",
        "pseudonym",
        "reach",
    ]


def test_a_place_may_be_unknown():
    assert fields(missing_from(a_framework(), a_writing(place=""))) == ["place"]
    assert missing_from(a_framework(), a_writing(place="", place_unknown=True)) == []


def test_an_amount_that_cannot_be_read_blocks_sending_and_names_its_line():
    writing = a_writing(lines=(WrittenLine("Bankje", "veel"), WrittenLine("Hek", "100")))

    assert fields(missing_from(a_framework(), writing)) == ["line_1"]


def test_a_cost_without_an_amount_blocks_sending():
    writing = a_writing(lines=(WrittenLine("Bankje", "100"), WrittenLine("Hek", "")))

    assert fields(missing_from(a_framework(), writing)) == ["line_2"]


def test_costs_of_nothing_at_all_block_sending():
    writing = a_writing(lines=(WrittenLine("Bankje", "0"),))

    assert fields(missing_from(a_framework(), writing)) == ["line_1"]


def test_a_plan_that_is_too_dear_may_be_sent_with_advice():
    writing = a_writing(lines=(WrittenLine("Brug", "21.800"),))

    assert missing_from(a_framework(), writing) == []
    (advice,) = [each for each in advice_on(a_framework(), writing) if each.field == "cost"]
    assert not advice.fits
    assert dict(advice.values)["cost_money"] == euros(21_800)


def test_a_cost_that_fits_is_said_too():
    assert all(each.fits for each in advice_on(a_framework(), a_writing()))


@pytest.mark.parametrize(("consent", "missing"), [(False, ["guardian_consent"]), (True, [])])
def test_who_is_under_16_needs_a_parents_consent(consent, missing):
    writing = a_writing(under_16=True, guardian_consent=consent)

    assert fields(missing_from(a_framework(), writing)) == missing


@pytest.mark.parametrize("field", sorted(LENGTHS))
def test_a_text_that_is_too_long_is_kept_but_not_sent(field):
    writing = replace(a_writing(), **{field: "a" * (LENGTHS[field] + 1)})

    assert fields(missing_from(a_framework(), writing)) == [field]


def test_an_area_or_theme_of_another_round_blocks_sending():
    writing = a_writing(area_id="A9", theme_id="<script>")

    assert fields(missing_from(a_framework(), writing)) == ["area_id", "theme_id"]


def test_signs_that_nobody_types_are_left_out_and_all_else_stays():
    assert as_typed("a\x00b\u202ec\r\nd\te\ud800") == "abc\nd\te"
    assert as_typed("<b>Öö</b> مرحبا 🌳") == "<b>Öö</b> مرحبا 🌳"


def test_a_writing_survives_being_kept_and_its_contact_data_is_kept_apart():
    writing = a_writing(under_16=True, guardian_consent=True)
    document = to_document(writing)

    assert "0900-123456" not in str(document)
    assert (
        from_document(document, reach="0900-123456", under_16=True, guardian_consent=True)
        == writing
    )


def test_sending_reads_the_words_into_a_plan():
    content = to_content(a_writing(title="  Een   bankje ", upkeep=""))

    assert content.title == "Een bankje"
    assert content.cost == Cents(250050)
    assert content.upkeep is None
    assert [line.label for line in content.cost_lines] == ["Bankje", "Plaatsen"]
