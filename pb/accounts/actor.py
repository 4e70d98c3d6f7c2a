"""Somebody who acts, as services and the journal need to know them."""

from dataclasses import dataclass

from pb.accounts.domain import Role, StaffMember
from pb.foundation.errors import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does an act: the staff id (None for the clock or a resident) and the function."""

    staff_id: int | None
    label: str
    roles: frozenset[Role] = frozenset()

    @classmethod
    def of(cls, member: StaffMember) -> "Actor":
        """Return the actor that a staff member is."""
        return cls(staff_id=member.id, label=member.label, roles=member.roles)


#: Who types a command of pb on the machine itself.
OPERATOR = Actor(staff_id=None, label=N_("Beheerder"))
