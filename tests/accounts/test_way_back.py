import pytest

from pb.accounts.way_back import own_path


@pytest.mark.parametrize(
    "path", ["/", "/beheer", "/ronde/proef/plannen?thema=groen&pagina=2", "/privacy#lek"]
)
def test_a_path_of_this_service_is_followed(path):
    assert own_path(path, "/elders") == path


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "https://kwaad.example/",
        "//kwaad.example/",
        "///kwaad.example/",
        "/\\kwaad.example/",
        "\\\\kwaad.example",
        "/\t/kwaad.example",
        "/\n/kwaad.example",
        " /beheer",
        "javascript:alert(1)",
        "beheer",
        "http://[",
        "//[",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_leads_to_where_we_choose(written):
    assert own_path(written, "/elders") == "/elders"
