"""The counting rules in words: their names, what each means, and a rule with all its switches."""

from collections.abc import Iterator

from pb.foundation.errors import N_
from pb.frameworks.domain import CountingRule, Remainder
from pb.tally.rules import Areas, Comparison, Completion, Family, Rule, Start, Stop
from pb.tally.rules import Remainder as Left
from pb.tally.ties import Criterion
from pb.web.formats import money, series
from pb.web.wording import gettext, ngettext

NAMES = {
    CountingRule.MOST_VOTES: N_("Meeste stemmen, binnen de grenzen"),
    CountingRule.MOST_VOTES_NO_SKIP: N_("Meeste stemmen, en stoppen als een plan niet past"),
    CountingRule.EQUAL_SHARES: N_("Gelijke delen"),
    CountingRule.EQUAL_SHARES_WIELICZKA: N_("Gelijke delen, zoals in de stad Wieliczka"),
    CountingRule.EQUAL_SHARES_TOOL: N_("Gelijke delen, zoals op equalshares.net"),
    CountingRule.PHRAGMEN: N_("Lasten gelijk verdelen (Phragmén)"),
}
OF_FAMILY = {
    Family.MOST_VOTES: CountingRule.MOST_VOTES,
    Family.EQUAL_SHARES: CountingRule.EQUAL_SHARES,
    Family.PHRAGMEN: CountingRule.PHRAGMEN,
}
# What it does, what it means for small groups of voters, and what happens with the rest.
MEANINGS = {
    CountingRule.MOST_VOTES: N_(
        "Het plan met de meeste stemmen gaat voor, als het past in het geld van zijn gebied en "
        "thema. Een grote groep stemmers kan zo bijna alles krijgen, een kleine groep weinig. "
        "Met wat overblijft, gaan wij nog één keer de lijst af."
    ),
    CountingRule.MOST_VOTES_NO_SKIP: N_(
        "Het plan met de meeste stemmen gaat voor. Past een plan niet meer, dan stopt de telling: "
        "een kleine groep stemmers krijgt bijna nooit een plan. Wat overblijft, blijft over."
    ),
    CountingRule.EQUAL_SHARES: N_(
        "Elke stemmer krijgt een gelijk deel van het geld en betaalt daarmee mee aan eigen keuzes. "
        "Ook een kleine groep krijgt een plan, als zij het samen kan betalen. "
        "Wat overblijft, gaat naar de plannen met de meeste stemmen die nog passen."
    ),
    CountingRule.EQUAL_SHARES_WIELICZKA: N_(
        "Dit zijn gelijke delen, zoals de Poolse stad Wieliczka ze gebruikte. "
        "De delen groeien tot het te duur wordt, en een kleine groep krijgt een plan dat zij samen "
        "kan betalen. Wat overblijft, blijft over."
    ),
    CountingRule.EQUAL_SHARES_TOOL: N_(
        "Dit zijn gelijke delen, zoals het rekenprogramma op equalshares.net ze telt. "
        "Een deel is eerst een heel bedrag in euro's, en een kleine groep krijgt een plan dat zij "
        "samen kan betalen. Wat overblijft, gaat naar de plannen met de meeste stemmen."
    ),
    CountingRule.PHRAGMEN: N_(
        "De kosten van een plan zijn een last voor wie erop stemde. Het plan met de laagste last "
        "gaat voor, dus ook een kleine groep komt aan de beurt. De telling stopt als een plan niet "
        "meer past, en wat overblijft, blijft over."
    ),
}
REMAINDERS = {
    Remainder.OF_THE_RULE: N_("Zoals de telregel hierboven zegt"),
    Remainder.SECOND_PASS: N_("Wij gaan nog één keer de lijst af, met alles wat over is"),
    Remainder.PARTIAL: N_("Het eerste plan dat niet paste, krijgt wat er over is"),
    Remainder.EIGHTY_PERCENT: N_(
        "Is er 80 procent voor het eerste plan dat niet paste? Dan legt de gemeente de rest erbij"
    ),
    Remainder.NONE: N_("Het blijft over"),
}
COMPARISONS = {
    Comparison.NONE: N_("Nee, deze telregel beslist"),
    Comparison.MORE_CHOICES: N_("Ja: bij welke regel hebben meer stemmers méér gekozen plannen?"),
    Comparison.ANY_CHOICE: N_("Ja: bij welke regel hebben meer stemmers een gekozen plan?"),
}
TIES = {
    Criterion.LOWER_COST: N_("het plan dat het minst kost"),
    Criterion.MORE_VOTES: N_("het plan met de meeste stemmen"),
    Criterion.LOT: N_("het laagste lotnummer (vooraf in het openbaar geloot)"),
    Criterion.ID: N_("het laagste plannummer"),
}


def name_of(rule: Rule) -> str:
    """Return what a rule is called; one with switches of its own by its family."""
    if rule.name in list(CountingRule):
        return str(gettext(NAMES[CountingRule(rule.name)]))
    family = gettext(NAMES[OF_FAMILY[rule.family]])
    return str(gettext("%(rule)s, met een eigen keuze voor het restgeld", rule=family))


def rule_in_words(rule: Rule, leftover: str = "") -> list[str]:
    """Return a rule with all its switches, as short steps. leftover: where the last money goes."""
    steps = {
        Family.MOST_VOTES: _most_votes,
        Family.EQUAL_SHARES: _equal_shares,
        Family.PHRAGMEN: _phragmen,
    }[rule.family]
    return [*steps(rule), *_for_every_rule(rule), *([leftover] if leftover else [])]


def _most_votes(rule: Rule) -> Iterator[str]:
    yield gettext(
        "Wij zetten de plannen op volgorde. Bovenaan staat het plan met de meeste stemmen."
    )
    yield gettext("Wij gaan de lijst af van boven naar beneden.")
    yield _fits(rule)
    yield (
        gettext("Past een plan niet? Dan kijken wij naar het volgende plan.")
        if rule.skip
        else gettext("Past een plan niet? Dan stoppen wij. De plannen daaronder krijgen niets.")
    )
    if rule.remainder is Left.SECOND_PASS:
        yield gettext(
            "Wat in de gebieden overblijft, gaat in één restpot. "
            "Daarna gaan wij nog één keer de lijst af."
        )
        yield from _ceilings_in_remainder(rule)
    else:
        yield {
            Left.NONE: gettext("Wat dan over is, blijft over."),
            Left.PARTIAL: gettext(
                "Het eerste plan dat niet paste, krijgt wat dan over is. "
                "Dat is een deel van de kosten."
            ),
            Left.EIGHTY_PERCENT: gettext(
                "Is er nog minstens 80 procent voor het eerste plan dat niet paste? "
                "Dan is het gekozen en legt de gemeente de rest erbij."
            ),
        }[rule.remainder]


def _fits(rule: Rule) -> str:
    limits = rule.areas is not Areas.TOGETHER, rule.theme_ceilings
    return str(
        {
            (True, True): gettext(
                "Een plan is gekozen als het past in het budget van het gebied "
                "én in het maximum van het thema."
            ),
            (True, False): gettext(
                "Een plan is gekozen als het past in het budget van het gebied."
            ),
            (False, True): gettext(
                "Een plan is gekozen als het past in het geld dat er nog is "
                "én in het maximum van het thema."
            ),
            (False, False): gettext("Een plan is gekozen als het past in het geld dat er nog is."),
        }[limits]
    )


def _equal_shares(rule: Rule) -> Iterator[str]:
    yield gettext("Elke stemmer krijgt een even groot deel van het geld.")
    yield (
        gettext("Dat deel is precies: ook stukjes van een cent tellen mee.")
        if rule.start is Start.EXACT
        else gettext("Dat deel is eerst een heel bedrag in euro's, naar beneden afgerond.")
    )
    yield gettext("Een plan wordt betaald door de mensen die erop stemden, uit hun deel.")
    yield gettext("Steeds gaat het plan voor dat de stemmers per euro het minst kost.")
    yield from _one_pot(rule)
    if rule.add1:
        step = money(rule.step)
        yield gettext(
            "Is er geld over? Dan maken wij elk deel %(step)s groter en tellen opnieuw.", step=step
        )
        yield (
            gettext("Dat doen wij tot de plannen samen te duur worden.")
            if rule.stop is Stop.OVERSPENDING
            else gettext("Dat doen wij tot er geen plan meer bij past.")
        )
    yield from _completion(rule)
    if rule.comparison is Comparison.MORE_CHOICES:
        yield gettext(
            "Daarna kijken wij bij welke regel meer stemmers méér gekozen plannen hebben: bij deze "
            "regel of bij 'meeste stemmen'. Wint 'meeste stemmen'? Dan geldt die uitslag."
        )
    elif rule.comparison is Comparison.ANY_CHOICE:
        yield gettext(
            "Daarna kijken wij bij welke regel meer stemmers een gekozen plan hebben: bij deze "
            "regel of bij 'meeste stemmen'. Wint 'meeste stemmen'? Dan geldt die uitslag."
        )


def _phragmen(rule: Rule) -> Iterator[str]:
    yield gettext(
        "De kosten van een plan zijn een last voor de mensen die erop stemden. "
        "Zij dragen die last samen."
    )
    yield gettext("Steeds gaat het plan voor waarbij die mensen daarna de laagste last dragen.")
    yield from _one_pot(rule)
    yield gettext("Past het volgende plan niet meer? Dan stopt de telling.")
    yield from _completion(rule)


def _one_pot(rule: Rule) -> Iterator[str]:
    if rule.areas is Areas.TOGETHER:
        yield gettext("Het geld per gebied telt bij deze regel niet: al het geld is één pot.")
    if rule.theme_ceilings:
        yield gettext("Een thema krijgt nooit meer dan zijn maximum.")


def _completion(rule: Rule) -> Iterator[str]:
    if rule.completion is Completion.NONE:
        yield gettext("Wat dan over is, blijft over.")
        return
    yield gettext("Wat dan nog over is, gaat naar de plannen met de meeste stemmen die passen.")
    yield from _ceilings_in_remainder(rule)


def _ceilings_in_remainder(rule: Rule) -> Iterator[str]:
    if rule.theme_ceilings:
        yield (
            gettext("Ook dan geldt het maximum van elk thema.")
            if rule.ceilings_in_remainder
            else gettext("Het maximum van een thema geldt dan niet meer.")
        )


def _for_every_rule(rule: Rule) -> Iterator[str]:
    if rule.minimum_votes:
        yield ngettext(
            "Een plan heeft minstens %(num)s stem nodig.",
            "Een plan heeft minstens %(num)s stemmen nodig.",
            rule.minimum_votes,
        )
    order = series(gettext(TIES[criterion]) for criterion in rule.tie_order)
    yield gettext("Staan plannen gelijk? Dan gaat voor, in deze volgorde: %(order)s.", order=order)
