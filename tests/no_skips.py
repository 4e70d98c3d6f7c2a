"""Under PB_REQUIRE_ALL=1 a skipped test fails, so that the guard of main leaves nothing out.

On a developer's machine a test may be skipped because Chromium or PostgreSQL is missing. Where
main is guarded, the same skip would be a check that quietly stopped being made.
"""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn the skip of a test, or of a fixture it needs, into a failure."""
    report = yield
    expected_to_fail = hasattr(report, "wasxfail")  # pytest reports these as skipped, too
    if report.skipped and not expected_to_fail:
        refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Turn the skip of a whole module into a failure."""
    report = yield
    if report.skipped:
        refuse(report)
    return report


def refuse(report):
    """Make a failure of a report, with the reason of the skip, if nothing may be skipped."""
    if os.environ.get("PB_REQUIRE_ALL") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: PB_REQUIRE_ALL=1 allows no skip. {reason}"
