"""Who may do what in which state: the one table (product.md 3.2).

``None`` in a set of roles stands for anybody, signed in or not: residents act without an
account. Owners of a plan are residents with a private link; that link is checked by the
proposals room. What is not in the table is not allowed.
"""

from enum import StrEnum

from pb.accounts.domain import Role
from pb.rounds.domain import ORDER, State

Roles = frozenset[Role | None]


class Act(StrEnum):
    """Something a person may do to a round or to what lives in it."""

    READ_PREPARATION = "read_preparation"
    EDIT_FRAMEWORK = "edit_framework"
    SIGN_FRAMEWORK = "sign_framework"
    ANNOUNCE = "announce"
    INTERRUPT = "interrupt"
    RESUME = "resume"
    READ = "read"
    READ_PLANS = "read_plans"
    DRAFT_PLAN = "draft_plan"
    SEND_PLAN = "send_plan"
    CHANGE_PLAN = "change_plan"
    ANSWER_ADAPTATION = "answer_adaptation"
    WITHDRAW_PLAN = "withdraw_plan"
    MODERATE = "moderate"
    TRANSLATE_PLAN = "translate_plan"
    READ_CONTACT = "read_contact"
    REVIEW = "review"
    READ_REVIEWS = "read_reviews"
    READ_VERDICTS = "read_verdicts"
    ASK_RECONSIDERATION = "ask_reconsideration"
    DECIDE_RECONSIDERATION = "decide_reconsideration"
    FILL_RISK_CARD = "fill_risk_card"
    SIGN_OFF = "sign_off"
    RECORD_SIGN_OFF = "record_sign_off"
    CORRECT_PLAN = "correct_plan"
    PUBLISH_BALLOT_LIST = "publish_ballot_list"
    MAKE_KEYS = "make_keys"
    USE_KEYS = "use_keys"
    MAKE_TOKENS = "make_tokens"
    READ_BALLOT_LIST = "read_ballot_list"
    VOTE = "vote"
    REPLACE_LETTER = "replace_letter"
    PROPOSE_PACK = "propose_pack"
    OPEN_PACK = "open_pack"
    READ_TURNOUT = "read_turnout"
    COUNT = "count"
    READ_COUNT = "read_count"
    PUBLISH_RESULT = "publish_result"
    READ_RESULT = "read_result"
    DESTROY_LINK = "destroy_link"
    START_EXECUTION = "start_execution"
    POST_STAFF_UPDATE = "post_staff_update"
    POST_OWNER_UPDATE = "post_owner_update"
    READ_PROGRESS = "read_progress"
    END_EXECUTION = "end_execution"
    WRITE_EVALUATION = "write_evaluation"
    READ_EVALUATIONS = "read_evaluations"
    CLOSE = "close"


ANYBODY: Roles = frozenset({None})
MANAGER: Roles = frozenset({Role.ROUND_MANAGER})
REVIEWERS: Roles = frozenset({Role.REVIEWER})
STAFF: Roles = frozenset(Role)
COUNTERS: Roles = frozenset({Role.COUNTER, Role.ROUND_MANAGER})
DESK: Roles = frozenset({Role.HELPER, Role.ROUND_MANAGER})
FOLLOWERS: Roles = frozenset({Role.ROUND_MANAGER, Role.REVIEWER})


def states(first: State, last: State) -> tuple[State, ...]:
    """Return the states from ``first`` up to and including ``last``."""
    return ORDER[ORDER.index(first) : ORDER.index(last) + 1]


AFTER_PREPARATION = (*states(State.ANNOUNCED, State.CLOSED), State.PAUSED, State.CANCELLED)
BEFORE_RESULT = (*states(State.PREPARATION, State.COUNTING), State.PAUSED)
FROM_BALLOT = states(State.BALLOT_PUBLISHED, State.CLOSED)
FROM_RESULT = states(State.RESULT_PUBLISHED, State.CLOSED)


def during(roles: Roles, *when: State) -> dict[State, Roles]:
    """Return one row of the table: the same roles in each of these states."""
    return dict.fromkeys(when, roles)


RIGHTS: dict[Act, dict[State, Roles]] = {
    Act.READ_PREPARATION: during(STAFF, *ORDER, State.PAUSED, State.CANCELLED),
    Act.EDIT_FRAMEWORK: during(MANAGER, State.PREPARATION),
    Act.SIGN_FRAMEWORK: during(
        MANAGER, *states(State.PREPARATION, State.BALLOT_PUBLISHED), State.PAUSED
    ),
    Act.ANNOUNCE: during(MANAGER, State.PREPARATION),
    Act.INTERRUPT: during(MANAGER, *BEFORE_RESULT),
    Act.RESUME: during(MANAGER, State.PAUSED),
    Act.READ: during(ANYBODY, *AFTER_PREPARATION),
    Act.READ_PLANS: during(
        ANYBODY, *states(State.OPEN_FOR_PROPOSALS, State.CLOSED), State.PAUSED, State.CANCELLED
    ),
    Act.DRAFT_PLAN: during(ANYBODY, *states(State.ANNOUNCED, State.OPEN_FOR_PROPOSALS)),
    Act.SEND_PLAN: during(ANYBODY, State.OPEN_FOR_PROPOSALS),
    Act.CHANGE_PLAN: during(ANYBODY, *states(State.ANNOUNCED, State.OPEN_FOR_PROPOSALS)),
    Act.ANSWER_ADAPTATION: during(
        ANYBODY, State.OPEN_FOR_PROPOSALS, State.REVIEW, State.RECONSIDERATION
    ),
    Act.WITHDRAW_PLAN: during(ANYBODY, *states(State.ANNOUNCED, State.VOTING)),
    Act.MODERATE: during(frozenset({Role.FACILITATOR}), *states(State.ANNOUNCED, State.EVALUATION)),
    Act.TRANSLATE_PLAN: during(MANAGER, *states(State.ANNOUNCED, State.RECONSIDERATION)),
    Act.READ_CONTACT: during(MANAGER, *states(State.ANNOUNCED, State.EVALUATION), State.PAUSED),
    # In reconsideration only a plan that was released from hold and has no verdict yet.
    Act.REVIEW: during(REVIEWERS, State.OPEN_FOR_PROPOSALS, State.REVIEW, State.RECONSIDERATION),
    Act.READ_REVIEWS: during(
        frozenset({Role.REVIEWER, Role.ROUND_MANAGER, Role.AUDITOR}),
        *states(State.OPEN_FOR_PROPOSALS, State.CLOSED),
    ),
    Act.READ_VERDICTS: during(ANYBODY, *states(State.RECONSIDERATION, State.CLOSED)),
    Act.ASK_RECONSIDERATION: during(ANYBODY, State.RECONSIDERATION),
    Act.DECIDE_RECONSIDERATION: during(REVIEWERS, State.RECONSIDERATION),
    Act.FILL_RISK_CARD: during(
        REVIEWERS, State.OPEN_FOR_PROPOSALS, State.REVIEW, State.RECONSIDERATION
    ),
    # The owner says that the ballot is right; a manager may write down that they said so.
    Act.SIGN_OFF: during(ANYBODY, State.RECONSIDERATION),
    Act.RECORD_SIGN_OFF: during(MANAGER, State.RECONSIDERATION),
    Act.CORRECT_PLAN: during(FOLLOWERS, State.RECONSIDERATION),
    Act.PUBLISH_BALLOT_LIST: during(MANAGER, State.RECONSIDERATION),
    # Whose screen the three officers sit at; their passphrases are what counts. In voting and in a
    # pause they can still get another passphrase, or another envelope.
    Act.MAKE_KEYS: during(COUNTERS, *states(State.ANNOUNCED, State.BALLOT_PUBLISHED)),
    Act.USE_KEYS: during(COUNTERS, *states(State.ANNOUNCED, State.COUNTING), State.PAUSED),
    Act.MAKE_TOKENS: during(MANAGER, State.BALLOT_PUBLISHED),
    Act.READ_BALLOT_LIST: during(ANYBODY, *FROM_BALLOT),
    Act.VOTE: during(ANYBODY, State.VOTING),
    # A helper at the desk and somebody of the municipality (product.md 3.2); two officers open.
    Act.REPLACE_LETTER: during(DESK, State.VOTING),
    Act.PROPOSE_PACK: during(DESK, State.VOTING),
    Act.OPEN_PACK: during(MANAGER, State.VOTING),
    Act.READ_TURNOUT: {
        State.VOTING: frozenset({Role.ROUND_MANAGER, Role.FACILITATOR, Role.COUNCIL, Role.AUDITOR}),
        **during(STAFF, State.COUNTING),
        **during(STAFF, *FROM_RESULT),
    },
    Act.COUNT: during(COUNTERS, State.VOTING),
    Act.READ_COUNT: {
        State.COUNTING: frozenset({Role.COUNTER, Role.ROUND_MANAGER, Role.COUNCIL, Role.AUDITOR}),
        **during(STAFF, *FROM_RESULT),
    },
    Act.PUBLISH_RESULT: during(frozenset({Role.COUNCIL}), State.COUNTING),
    Act.READ_RESULT: during(ANYBODY, *FROM_RESULT),
    # Not before the objection period is over: see pb/results/objections.py.
    Act.DESTROY_LINK: during(COUNTERS, *FROM_RESULT),
    Act.START_EXECUTION: during(MANAGER, State.RESULT_PUBLISHED),
    Act.POST_STAFF_UPDATE: during(
        FOLLOWERS, State.RESULT_PUBLISHED, State.EXECUTION, State.EVALUATION
    ),
    Act.POST_OWNER_UPDATE: during(
        ANYBODY, State.RESULT_PUBLISHED, State.EXECUTION, State.EVALUATION
    ),
    Act.READ_PROGRESS: during(ANYBODY, *FROM_RESULT),
    Act.END_EXECUTION: during(MANAGER, State.EXECUTION),
    Act.WRITE_EVALUATION: during(
        frozenset({Role.FACILITATOR, Role.ROUND_MANAGER}),
        *states(State.OPEN_FOR_PROPOSALS, State.EVALUATION),
    ),
    Act.READ_EVALUATIONS: during(
        ANYBODY, *states(State.OPEN_FOR_PROPOSALS, State.CLOSED), State.PAUSED, State.CANCELLED
    ),
    Act.CLOSE: during(MANAGER, State.EVALUATION),
}


def may(act: Act, state: State, roles: frozenset[Role]) -> bool:
    """Tell whether somebody with these roles may do this in this state."""
    allowed = RIGHTS[act].get(state, frozenset())
    return None in allowed or bool(allowed & roles)


def is_possible(act: Act, state: State) -> bool:
    """Tell whether anybody at all may do this in this state."""
    return bool(RIGHTS[act].get(state))


def is_for_residents(act: Act) -> bool:
    """Tell whether an act is open to anybody in some state."""
    return any(None in roles for roles in RIGHTS[act].values())
