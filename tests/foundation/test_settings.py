"""An installation says everything that has no safe default, or does not start."""

import pytest

from pb.foundation.settings import SettingMissing, Settings

COMPLETE = {
    "PB_SECRET_KEY": "sixteen characters",
    "PB_DATABASE_URL": "sqlite:///a.db",
    "PB_BALLOT_DATABASE_URL": "sqlite:///b.db",
    "PB_KEY_DIRECTORY": "/keys",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_setting_is_named(name):
    with pytest.raises(SettingMissing, match=name):
        Settings.from_environment({key: COMPLETE[key] for key in COMPLETE if key != name})


def test_a_short_secret_is_refused():
    with pytest.raises(SettingMissing, match="16 characters"):
        Settings.from_environment({**COMPLETE, "PB_SECRET_KEY": "short"})


def test_the_two_stores_are_never_one():
    with pytest.raises(SettingMissing, match="must differ"):
        Settings.from_environment({**COMPLETE, "PB_BALLOT_DATABASE_URL": "sqlite:///a.db"})


def test_cookies_are_secure_unless_switched_off():
    assert Settings.from_environment(COMPLETE).secure_cookies
    assert not Settings.from_environment({**COMPLETE, "PB_SECURE_COOKIES": "no"}).secure_cookies


def test_networks_of_desks_are_networks():
    written = {**COMPLETE, "PB_DESK_NETWORKS": "192.0.2.0/24, 2001:db8::/48"}
    assert [str(each) for each in Settings.from_environment(written).desk_networks] == [
        "192.0.2.0/24", "2001:db8::/48",
    ]  # fmt: skip
    assert Settings.from_environment(COMPLETE).desk_networks == ()
    with pytest.raises(SettingMissing, match="PB_DESK_NETWORKS"):
        Settings.from_environment({**COMPLETE, "PB_DESK_NETWORKS": "192.0.2.7/24"})


def test_a_number_of_proxies_is_a_number():
    assert Settings.from_environment({**COMPLETE, "PB_TRUSTED_PROXIES": "1"}).trusted_proxies == 1
    with pytest.raises(SettingMissing, match="PB_TRUSTED_PROXIES"):
        Settings.from_environment({**COMPLETE, "PB_TRUSTED_PROXIES": "één"})
