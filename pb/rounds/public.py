"""What residents see of a round: where it stands, its framework, and its public log."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from pb.foundation.canonical import canonical_json
from pb.frameworks import service as frameworks
from pb.frameworks.document import to_document
from pb.frameworks.domain import FrameworkNotFound, FrameworkVersion, VersionState
from pb.rounds import service, wording
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act

blueprint = Blueprint("rounds", __name__, url_prefix="/ronde/<slug>")


@blueprint.get("")
@allowed(Act.READ)
def show(slug: str) -> ResponseReturnValue:
    """Show one round: what may be done now, what comes, who decides."""
    chosen = current_round().framework
    return render_template(
        "rounds/show.html",
        stage_dates=wording.stage_dates(chosen.dates),
        power=wording.power(chosen),
        desks=wording.desks(chosen),
    )


@blueprint.get("/kaders")
@allowed(Act.READ)
def framework(slug: str) -> ResponseReturnValue:
    """Show the framework in force and the list of its versions."""
    known = public_versions(slug)
    in_force = next(each for each in known if each.state is VersionState.SEALED)
    return framework_page(in_force, known)


@blueprint.get("/kaders/<int(max=99999):number>")
@allowed(Act.READ)
def framework_version(slug: str, number: int) -> ResponseReturnValue:
    """Show one sealed or superseded version; a concept is not public."""
    return framework_page(public_version(slug, number), public_versions(slug))


@blueprint.get("/kaders/<int(max=99999):number>.json")
@allowed(Act.READ)
def framework_document(slug: str, number: int) -> ResponseReturnValue:
    """Give the exact bytes whose SHA-256 is the public hash of a version."""
    document = canonical_json(to_document(public_version(slug, number).framework))
    return Response(document, mimetype="application/json")


@blueprint.get("/logboek")
@allowed(Act.READ)
def log(slug: str) -> ResponseReturnValue:
    """Show the public log: who (function), what, when and why, the newest first."""
    return render_template("rounds/log.html", entries=wording.log(service.log(slug)))


def framework_page(version: FrameworkVersion, known: list[FrameworkVersion]) -> str:
    """Return the page of one version."""
    return render_template(
        "rounds/framework.html",
        version=version,
        versions=known,
        **wording.framework(version.framework),
    )


def public_versions(slug: str) -> list[FrameworkVersion]:
    """Return the versions that were ever in force, the newest first."""
    return [each for each in frameworks.versions(slug) if each.state is not VersionState.CONCEPT]


def public_version(slug: str, number: int) -> FrameworkVersion:
    """Return one version that was ever in force. Raises FrameworkNotFound."""
    for version in public_versions(slug):
        if version.number == number:
            return version
    raise FrameworkNotFound
