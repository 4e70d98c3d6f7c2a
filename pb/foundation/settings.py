"""What differs between one installation and the next, read from the environment once."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

Network = IPv4Network | IPv6Network


class SettingMissing(Exception):
    """The environment does not say something that has no safe default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation. Secrets have no default.

    secret_key: signs cookies and forms; at least 16 characters.
    database_url: the participation store (rounds, plans, reviews, staff, follow-up).
    ballot_database_url: the ballot store (roll, letters, ballots). Never the same store.
    key_directory: where the private half of each round's log key lies, outside both stores.
    municipality: the tenant, part of every key in both stores.
    municipality_name, theme, timezone: how this municipality shows itself.
    public_address: how letters name this service, without a slash at the end.
    secure_cookies: only off on a loopback demonstration without TLS.
    trusted_proxies: how many proxies of our own stand in front; their word is taken for the
        visitor's network, which only the limit on wrong codes uses.
    desk_networks: from where desks of our own let many people vote on one line; these are not
        counted as many votes from one network.
    cheap_passphrases: for tests and trials: what officers choose is locked with hardly any work.
        The environment cannot ask for it.
    """

    secret_key: str
    database_url: str
    ballot_database_url: str
    key_directory: Path
    municipality: str = "dorrewold"
    municipality_name: str = "Gemeente Dorrewold"
    theme: str = "dorrewold"
    timezone: str = "Europe/Amsterdam"
    public_address: str = "https://stem.dorrewold.example"
    secure_cookies: bool = True
    trusted_proxies: int = 0
    desk_networks: tuple[Network, ...] = ()
    cheap_passphrases: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings under PB_… in the environment.

        Raises SettingMissing, naming what to set.
        """
        try:
            secret_key = environment["PB_SECRET_KEY"]
            database_url = environment["PB_DATABASE_URL"]
            ballot_database_url = environment["PB_BALLOT_DATABASE_URL"]
            key_directory = Path(environment["PB_KEY_DIRECTORY"])
        except KeyError as missing:
            raise SettingMissing(f"Set {missing.args[0]} in the environment.") from None
        if len(secret_key) < 16:
            raise SettingMissing("PB_SECRET_KEY must have at least 16 characters.")
        if database_url == ballot_database_url:
            raise SettingMissing("PB_BALLOT_DATABASE_URL must differ from PB_DATABASE_URL.")
        return cls(
            secret_key=secret_key,
            database_url=database_url,
            ballot_database_url=ballot_database_url,
            key_directory=key_directory,
            municipality=environment.get("PB_MUNICIPALITY", "dorrewold"),
            municipality_name=environment.get("PB_MUNICIPALITY_NAME", "Gemeente Dorrewold"),
            theme=environment.get("PB_THEME", "dorrewold"),
            timezone=environment.get("PB_TIMEZONE", "Europe/Amsterdam"),
            public_address=environment.get("PB_PUBLIC_ADDRESS", "https://stem.dorrewold.example"),
            secure_cookies=environment.get("PB_SECURE_COOKIES", "yes") != "no",
            trusted_proxies=_whole_number(environment, "PB_TRUSTED_PROXIES"),
            desk_networks=_networks(environment, "PB_DESK_NETWORKS"),
        )


def _whole_number(environment: Mapping[str, str], name: str) -> int:
    """Return a number of the environment, 0 when it is not there. Raises SettingMissing."""
    written = environment.get(name, "0")
    if not (written.isascii() and written.isdigit()):
        raise SettingMissing(f"{name} must be a whole number.")
    return int(written)


def _networks(environment: Mapping[str, str], name: str) -> tuple[Network, ...]:
    """Return networks of the environment, parted by commas. Raises SettingMissing."""
    written = [each.strip() for each in environment.get(name, "").split(",")]
    try:
        return tuple(ip_network(each) for each in written if each)
    except ValueError:
        raise SettingMissing(f"{name} must be networks such as 192.0.2.0/24.") from None
