"""The server's log never tells who asked."""

import logging

from gunicorn.config import Config

from pb.web.server_log import LogWithoutAddresses


def test_a_request_that_cannot_be_read_is_logged_without_its_address(caplog):
    log = LogWithoutAddresses(Config())
    log.error_log = logging.getLogger("server log under test")

    with caplog.at_level(logging.WARNING):
        log.warning("Invalid request from ip=192.0.2.7: odd")
        log.warning("Something else")

    assert caplog.messages == ["A request could not be read.", "Something else"]
