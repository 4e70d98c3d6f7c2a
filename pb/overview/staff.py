"""The staff's door: the desk, with what waits for whom."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pb.accounts.access import current_roles, staff_only
from pb.accounts.domain import ROLE_LABELS, Role
from pb.overview import service
from pb.rounds.domain import STATE_LABELS
from pb.web.clock import now

blueprint = Blueprint("staff_overview", __name__, url_prefix="/beheer")


@blueprint.get("")
@staff_only()
def desk() -> ResponseReturnValue:
    """Show every round and what waits in it, first for who is signed in."""
    roles = current_roles()
    return render_template(
        "overview/staff/desk.html",
        rounds=service.desk(roles, now()),
        is_manager=Role.ROUND_MANAGER in roles,
        labels=STATE_LABELS,
        role_labels=ROLE_LABELS,
        roles=Role,
        now=now(),
    )
