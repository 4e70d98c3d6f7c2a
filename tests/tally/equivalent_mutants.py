"""Changes of the engine after which everything that is promised is still so, and why."""

WIDER = "a bound that is a little wider encloses the truth as well; only the time differs"
STRICT = "bounds are wider than any error, so where they just touch the truth is not equal"
NO_KEY = "no key is below zero, so that both are below all"

#: (module, the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("adding", "PORTION = 8_192", "8192 -> 8193"): "any size of portion gives the same sum",
    ("adding", "if len(numbers) <= PORTION:", "not (len(numbers) <= PORTION)"): (
        "one portion or several: only the time differs"
    ),
    ("adding", "if len(numbers) <= PORTION:", "lte -> lt"): "one portion is the whole",
    ("notebook", "self.has_second_pass = False", "False -> True"): (
        "only what most votes takes asks for it, and most votes has set it by then"
    ),
    ("raising", "self._rest = 0", "0 -> 1"): "the first step ends a rest of one step",
    (
        "count",
        "lots = {project.id: place for place, project in enumerate(drawn, start=1)}",
        "1 -> 2",
    ): ("all lots are drawn, and only their order is ever used"),
    ("tallied", "numbers[electorate.groups[arrays.place_of[name]]] += 1", "1 -> 2"): (
        "the numbers of both outcomes are doubled, and only compared with each other and with one"
    ),
    ("epsilon", "return dict.fromkeys(groups, 1)", "1 -> 2"): (
        "all pay alike, whatever number it is that all have"
    ),
    ("epsilon", "self.parts = lcm(1, *(purse.denominator for purse in exact))", "1 -> 2"): (
        "any common multiple of the denominators will do: what is told is divided by it again"
    ),
    (
        "shares",
        "MOST_STEPS = 10_000",
        "10000 -> 10001",
    ): "the search ends by itself; the number only keeps a fault from going on for ever",
    (
        "shares",
        "SAFETY = 1.0 + 2.0**-20",
        "2.0 -> 3.0",
    ): "wider than the rounding of a bound all the same, by far",
    (
        "shares",
        "SAFETY = 1.0 + 2.0**-20",
        "20 -> 21",
    ): "wider than the rounding of a bound all the same, by far",
    (
        "shares",
        "self.adding = [(len(rows) + 8) * ROUNDING * SAFETY for rows in self.rows]",
        "8 -> 9",
    ): WIDER,
    ("shares", "cost / load * (1.0 - 8.0 * ROUNDING)", "8.0 -> 9.0"): WIDER,
    (
        "shares",
        "reference = against.highest_key(number) if against else -1.0",
        "1.0 -> 2.0",
    ): NO_KEY,
    ("shares", "return -1.0", "1.0 -> 2.0"): NO_KEY,
    ("shares", "return -1.0", "minus left out in -1.0"): (
        "where a run buys more than the other a leap has failed, whoever else is looked at"
    ),
    ("shares", "while waiting and waiting[0][0] <= limit:", "lte -> lt"): STRICT,
    (
        "shares",
        "close = [offer for offer in seen if self._lowest_key(offer) <= lowest]",
        "lte -> lt",
    ): STRICT,
    ("shares", "if rival is winner or self._lowest_key(rival) > reference:", "gt -> gte"): STRICT,
    ("shares", "if self._highest_key(rival) < against.lowest_key(number):", "lt -> lte"): STRICT,
    ("shares", "if total + slack < cost:", "lt -> lte"): STRICT,
    ("shares", "if total - slack < cost and self._is_short(place, cost):", "lt -> lte"): STRICT,
    ("shares", "doubtful = np.abs(money - parts) <= (", "lte -> lt"): STRICT,
    (
        "shares",
        "doubtful = solvent & ~(np.abs(money - payment * weights) > self.error + error * weights)",
        "gt -> gte",
    ): STRICT,
    (
        "shares",
        "poor = ~solvent | (~doubtful & (money < payment * weights))",
        "lt -> lte",
    ): "who has nearly the payment is in doubt, so none of the others has it exactly",
    (
        "shares",
        "poor = money < (payment if weights is None else payment * weights)",
        "lt -> lte",
    ): "who has exactly the bound pays it either way; who is close to the payment is settled",
    (
        "shares",
        "rich = 0 if poor is None else int(self.candidates.loads[offer.place][~poor].sum())",
        "0 -> 1",
    ): "of a purchase it is always known who was poor",
    (
        "shares",
        "self._bounds[place] = max(self._bounds[place], offer.payment - offer.error)",
        "max -> min",
    ): "the bound it began with is a bound all the time; the search takes a step more",
    (
        "shares",
        "return (offer.payment - offer.error) * per_cost * (1.0 - 4.0 * ROUNDING)",
        "4.0 -> 5.0",
    ): WIDER,
    (
        "shares",
        "return (offer.payment + offer.error) * per_cost * (1.0 + 4.0 * ROUNDING)",
        "4.0 -> 5.0",
    ): WIDER,
    (
        "shares",
        "(spent * self.error + adding * (abs(paid) + cost)) / rich + 8.0 * ROUNDING * payment",
        "8.0 -> 9.0",
    ): WIDER,
    ("shares", "+ 4.0 * ROUNDING * abs(float(self.share))", "4.0 -> 5.0"): WIDER,
    (
        "shares",
        "offer = Offer(place, near, 2.0 * ROUNDING * abs(near), exact=exact, poor=poor)",
        "2.0 -> 3.0",
    ): WIDER,
    (
        "shares",
        "doubtful = solvent & ~(np.abs(money - payment * weights) > self.error + error * weights)",
        "bitand -> bitor in solvent & ~(np.abs(money - payment * weights) > self.error +",
    ): "who was short once has less than nothing by the sum of all payments, and so falls at once",
    ("takes_shares", "MOST_STEPS = 100", "100 -> 101"): (
        "the guess is only where the exact search begins"
    ),
    (
        "takes_shares",
        "close = 4.0 * self.error + 8.0 * ROUNDING * limit",
        "add -> sub in 4.0 * self.error + 8.0 * ROUNDING * limit",
    ): "up to the share four bounds are more than enough for both, and above it nobody comes near",
    (
        "takes_shares",
        "close = 4.0 * self.error + 8.0 * ROUNDING * limit",
        "mult -> add in 8.0 * ROUNDING * limit",
    ): WIDER,
    (
        "takes_shares",
        "close = 4.0 * self.error + 8.0 * ROUNDING * limit",
        "mult -> add in 8.0 * ROUNDING",
    ): WIDER,
    (
        "takes_shares",
        "close = 4.0 * self.error + 8.0 * ROUNDING * limit",
        "mult -> add in 4.0 * self.error",
    ): WIDER,
    ("takes_shares", "close = 4.0 * self.error + 8.0 * ROUNDING * limit", "4.0 -> 5.0"): WIDER,
    ("takes_shares", "close = 4.0 * self.error + 8.0 * ROUNDING * limit", "8.0 -> 9.0"): WIDER,
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "mult -> add in 8.0 * ROUNDING * limit",
    ): WIDER,
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "mult -> add in 4.0 * self.error",
    ): WIDER,
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "4.0 -> 5.0",
    ): WIDER,
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "8.0 -> 9.0",
    ): WIDER,
    (
        "takes_shares",
        "near = solvent & (money >= limit - close)",
        "bitand -> bitor in solvent & (money >= limit - close)",
    ): "who was short once has less than nothing by the sum of all payments, and so never in full",
    (
        "takes_shares",
        "chose = supporters.parts[number] > 0",
        "gt -> gte",
    ): "who did not choose it has no part in it",
    (
        "takes_shares",
        "if not rounds.by_cost:",
        "not (not rounds.by_cost)",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "return supporters.paid(number, cap)[0] + supporters.error >= cost",
        "gte -> gt",
    ): STRICT,
    (
        "takes_shares",
        "self.error = SAFETY * (self.number + 8) * ROUNDING * 3.0 * self.share",
        "8 -> 9",
    ): WIDER,
    (
        "takes_shares",
        "self.error = SAFETY * (self.number + 8) * ROUNDING * 3.0 * self.share",
        "3.0 -> 4.0",
    ): WIDER,
    (
        "takes_shares",
        "* (rounds.error + (len(self.rows) + 8) * ROUNDING * rounds.share)",
        "8 -> 9",
    ): WIDER,
    (
        "takes_shares",
        "weights = added(self.sizes * self.weights, money > limit)",
        "mult -> add in self.sizes * self.weights",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "weights = added(self.sizes * self.weights, money > limit)",
        "gt -> gte",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "return int(min(cost, paid))",
        "min -> max",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "falls = 1.0 - float(rounds.caps_per_cost[number]) * weights",
        "sub -> add in 1.0 - float(rounds.caps_per_cost[number]) * weights",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "falls = 1.0 - float(rounds.caps_per_cost[number]) * weights",
        "1.0 -> 2.0",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "falls = 1.0 - float(rounds.caps_per_cost[number]) * weights",
        "mult -> add in float(rounds.caps_per_cost[number]) * weights",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "if cost - paid <= supporters.error or falls <= 0:",
        "sub -> add in cost - paid",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "if cost - paid <= supporters.error or falls <= 0:",
        "0 -> 1",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "cost = max(0.0, cost - (cost - paid) / falls)",
        "0.0 -> 1.0",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "cost = max(0.0, cost - (cost - paid) / falls)",
        "div -> mult in (cost - paid) / falls",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "cost = max(0.0, cost - (cost - paid) / falls)",
        "sub -> add in cost - paid",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "lte -> lt",
    ): STRICT,
    ("takes_shares", "near = solvent & (money >= limit - close)", "gte -> gt"): STRICT,
    (
        "takes_shares",
        "return self._exact_money(supporters, supporters.until >= self.number, self.number)",
        "gte -> gt",
    ): "nobody was short in a round that never came",
    (
        "takes_shares",
        "if most[number] > best and self._may_win(supporters, number, best + 1):",
        "and -> or in most[number] > best and self._may_win(supporters, number, be",
    ): "a round that is looked at in vain finds no higher cost; only the time differs",
    (
        "takes_shares",
        "if cost - paid <= supporters.error or falls <= 0:",
        "or -> and in cost - paid <= supporters.error or falls <= 0",
    ): "what they can pay is concave in the cost, so where it is short of the cost it falls behind",
    (
        "takes_shares",
        "low, high, reach = min(guess, most), min(guess, most) + 1, 1",
        "add -> sub in min(guess, most) + 1",
    ): "the search finds the last cost that wins, wherever it begins",
    (
        "takes_shares",
        "low, high, reach = min(guess, most), min(guess, most) + 1, 1",
        "1 -> 2",
    ): "the search finds the last cost that wins, wherever it begins",
    (
        "takes_shares",
        "paying = np.minimum(rounds.share, rounds.caps(float(cost)) * weight)",
        "minimum -> maximum",
    ): "fewer votes than are needed, all the more; every round that may need fewer is looked at",
    (
        "takes_shares",
        "short = np.flatnonzero(supporters.until < rounds.number)",
        "lt -> lte",
    ): "nobody was short in a round that never came",
    (
        "takes_shares",
        "if total and abs(total - round(total)) <= supporters.error:",
        "and -> or in total and abs(total - round(total)) <= supporters.error",
    ): "more is computed exactly, and cut to the same cents; only the time differs",
    (
        "takes_shares",
        "extra = max(0, -(-enough.numerator // enough.denominator))",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_shares",
        "if extra == enough and order.key(project, votes=votes + extra) > order.key(winner):",
        "gt -> gte",
    ): "no two projects are equal in the order",
    (
        "takes_shares",
        "ceiling = min(project.cost - 1, budget)",
        "min -> max",
    ): "it lost for its own cost, so no higher one wins, and nobody has more than the budget",
    (
        "takes_shares",
        "ceiling = min(project.cost - 1, budget)",
        "sub -> add in project.cost - 1",
    ): "it lost for its own cost, so no higher one wins, and nobody has more than the budget",
    (
        "takes_shares",
        "rich = solvent & (money > limit) & ~near",
        "gt -> gte",
    ): "who has nearly the limit is near it, so none of the others has it exactly",
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "add -> sub in 4.0 * self.error + 8.0 * ROUNDING * limit",
    ): "up to the share four bounds are more than enough for both, and above it nobody comes near",
    (
        "takes_shares",
        "if self._completion and cost < ceiling:",
        "lt -> lte",
    ): "completion never finds more than the ceiling",
    (
        "takes_shares",
        "best = int(min(most[-1], rounds.exact_left(supporters) // 1))",
        "floordiv -> div in rounds.exact_left(supporters) // 1",
    ): "what is left is cut to whole cents all the same",
    (
        "takes_shares",
        "if most[number] > best and self._may_win(supporters, number, best + 1):",
        "gt -> gte",
    ): "a round that is looked at in vain finds no higher cost; only the time differs",
    (
        "takes_shares",
        "if cost - paid <= supporters.error or falls <= 0:",
        "lte -> lt",
    ): "what they can pay is concave in the cost, so where it is short of the cost it falls behind",
    (
        "takes_shares",
        "cost = max(0.0, cost - (cost - paid) / falls)",
        "max -> min",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "cost = max(0.0, cost - (cost - paid) / falls)",
        "sub -> add in cost - (cost - paid) / falls",
    ): "the guess is only where the exact search begins",
    (
        "takes_shares",
        "low, high, reach = min(guess, most), min(guess, most) + 1, 1",
        "min -> max",
    ): "the search finds the last cost that wins, wherever it begins",
    (
        "takes_shares",
        "low, high, reach = high, min(high + reach, most + 1), 2 * reach",
        "mult -> add in 2 * reach",
    ): "only the time differs",
    (
        "takes_shares",
        "low, high, reach = max(0, low - reach), low, 2 * reach",
        "mult -> add in 2 * reach",
    ): "only the time differs",
    (
        "takes_shares",
        "best = max(0, -(-short.numerator // short.denominator))",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_shares",
        "if best is not None and least[number] >= best:",
        "gte -> gt",
    ): "only the time differs",
    (
        "takes_shares",
        "highest = max(float(left), float(sums.max())) - supporters.error",
        "max -> min",
    ): "more rounds are looked at exactly; only the time differs",
    (
        "takes_shares",
        "if total and abs(total - round(total)) <= supporters.error:",
        "lte -> lt",
    ): STRICT,
    (
        "takes_shares",
        "return added(self.sizes, np.minimum(money, limit)), weights",
        "minimum -> maximum",
    ): "a round that is looked at in vain finds no higher cost, and a guess is only a beginning",
    ("takes_shares", "if (solvent & (money > limit + close)).any():", "gt -> gte"): STRICT,
    (
        "takes_shares",
        "self._supporters = lru_cache(maxsize=1)(lambda each: Supporters(self._rounds, each))",
        "1 -> 2",
    ): "only the time differs",
    (
        "takes_shares",
        'for number in np.argsort(-supporters.at_cost, kind="stable").tolist():',
        "minus left out in -supporters.at_cost",
    ): "the rounds are looked at in another order; only the time differs",
    (
        "takes_shares",
        "if most[number] > best and self._may_win(supporters, number, best + 1):",
        "add -> sub in best + 1",
    ): "a round that is looked at in vain finds no higher cost; only the time differs",
    (
        "takes_shares",
        "low, high, reach = high, min(high + reach, most + 1), 2 * reach",
        "2 -> 3",
    ): "only the time differs",
    (
        "takes_shares",
        "low, high, reach = max(0, low - reach), low, 2 * reach",
        "2 -> 3",
    ): "only the time differs",
    (
        "takes_shares",
        "for number in np.flatnonzero(sums + supporters.error >= highest).tolist():",
        "gte -> gt",
    ): STRICT,
    (
        "takes_shares",
        "spent[winner.id] = int(amount // 1)",
        "floordiv -> div in amount // 1",
    ): "it is cut to whole cents all the same",
    (
        "takes_shares",
        "near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)",
        "mult -> add in 8.0 * ROUNDING",
    ): WIDER,
    (
        "takes_shares",
        "most = [self._ceiling(number, project, ceiling) for number in range(rounds.number + 1)]",
        "1 -> 2",
    ): "the limits after the end are those at the end",
    (
        "takes_shares",
        "order.key(project, cost=cost) < order.key(winner)",
        "lt -> lte",
    ): "no two projects are equal in the order",
    (
        "takes_votes",
        "break  # No later place has more room.",
        "without break",
    ): "only the time differs",
    (
        "takes_votes",
        "best = -1",
        "1 -> 2",
    ): "it stands for no cost at all, and what is told is never below zero",
    ("takes_votes", "if room <= best:", "lte -> lt"): "only the time differs",
    (
        "takes_votes",
        "return order.key(project, cost=cost, votes=votes) < order.key(rival)",
        "lt -> lte",
    ): "no two projects are equal in the order",
    (
        "takes_votes",
        "if is_equal and order.key(project, votes=votes + extra) > order.key(rival):",
        "gt -> gte",
    ): "no two projects are equal in the order",
    (
        "takes_votes",
        "return 0",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_votes",
        "extra = max(0, -(-short // full_vote))",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_votes",
        "return -1",
        "1 -> 2",
    ): "it stands for no cost at all, and what is told is never below zero",
    (
        "takes_votes",
        "return last(goes_first, 0, room) if goes_first(0) else -1",
        "1 -> 2",
    ): "it stands for no cost at all, and what is told is never below zero",
    (
        "takes_votes",
        "ceiling = min(project.cost - 1, budget)",
        "min -> max",
    ): "it lost for its own cost, so no higher one wins, and nobody has more than the budget",
    (
        "takes_votes",
        "ceiling = min(project.cost - 1, budget)",
        "sub -> add in project.cost - 1",
    ): "it lost for its own cost, so no higher one wins, and nobody has more than the budget",
    (
        "takes_votes",
        "for rival in self._projects[place : place + 2]:",
        "2 -> 3",
    ): "the project is at one place only, so one of the first two is another",
    (
        "takes_load",
        "return order.key(project, cost=cost, votes=votes) < order.key(round_.winner)",
        "lt -> lte",
    ): "no two projects are equal in the order",
    (
        "takes_load",
        "return -1",
        "1 -> 2",
    ): "it stands for no cost at all, and what is told is never below zero",
    (
        "takes_load",
        "return 0",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_load",
        "extra = max(0, -(-needed.numerator // needed.denominator) - votes)",
        "0 -> 1",
    ): "a project that lost needs one vote more at least, and so does one with too few",
    (
        "takes_load",
        "ceiling = min(project.cost - 1, self._arrays.election.budget)",
        "min -> max",
    ): "who lost at a cost wins at none that is higher, and no round has more than the budget",
    (
        "takes_load",
        "ceiling = min(project.cost - 1, self._arrays.election.budget)",
        "sub -> add in project.cost - 1",
    ): "who lost at a cost wins at none that is higher",
    (
        "takes_load",
        "load, _, head = next(iter(heads), (None, 0, None))",
        "0 -> 1",
    ): "nobody reads the place of a head that is not there",
    ("takes_load", "key=lambda head: head[:2],", "2 -> 3"): "no two plans have the same place",
    (
        "takes_load",
        "if cost >= 0 and self._beats(project, round_, (carried + cost) / votes, cost, votes):",
        "gte -> gt",
    ): "none in this round counts as nothing, and nothing is the least of all rounds anyway",
    (
        "takes_load",
        "if cost >= 0 and self._beats(project, round_, (carried + cost) / votes, cost, votes):",
        "0 -> 1",
    ): "none in this round counts as nothing, and nothing is the least of all rounds anyway",
}

# --- the recount ---------------------------------------------------------------------------------

JUMPS = "how far the chain jumps at once changes the time and nothing else"
COUNTED = "every project is made again with its votes when the ballots were read"
SECOND = "whether a value is true or false is read from its word, not from this list"
PURSES = "any number will do for a purse that nobody has yet"
END = "after the last round nobody asks for it"
LOOKED = "more rivals are looked at than must be: only the time differs"
NO_TWO = "no two projects have the same place in the tie order"

EQUIVALENT |= {
    (
        "recount",
        "LONGEST_JUMP = 1_000_000  # a test sets it to 1, to see that jumps change nothing",
        "1000000 -> 1000001",
    ): JUMPS,
    ("recount", "votes: int = 0", "0 -> 1"): COUNTED,
    ("recount", "score: int = 0", "0 -> 1"): COUNTED,
    (
        "recount",
        "csv.field_size_limit(max(csv.field_size_limit(), len(text) + 100))",
        "100 -> 101",
    ): ("no cell is longer than the text and the line that is put behind it"),
    ("recount", "for place, name in enumerate(drawn, start=1):", "1 -> 2"): (
        "all lots are drawn, and only their order is ever used"
    ),
    ("recount", '"theme_ceilings": (ALL, (True, False)),', "False -> True"): SECOND,
    ("recount", '"exclusive_groups": (("most_votes",), (False, True)),', "True -> False"): SECOND,
    ("recount", '"skip": (("most_votes",), (True, False)),', "False -> True"): SECOND,
    ("recount", '"ceilings_in_remainder": (ALL, (True, False)),', "False -> True"): SECOND,
    ("recount", '"add1": (("equal_shares",), (True, False)),', "False -> True"): SECOND,
    ("recount", "before_completion: Before = (0, {}, [])", "0 -> 1"): (
        "every count that is asked for it has set it by then"
    ),
    ("recount", '"theme_left": None if least[0] is None else amount(least[0]),', "0 -> 1"): (
        "the theme is missing exactly when its money is"
    ),
    ("recount", "in_parts = Fraction(0) if payment is None else payment * self.parts", "0 -> 1"): (
        "who pays all has nothing left, whatever the payment is"
    ),
    ("recount", "purse_of, fresh = list(self.purse_of), max(amounts) + 1", "1 -> 2"): PURSES,
    ("recount", "fresh += 1", "1 -> 2"): PURSES,
    ("recount", "amounts = {0: 0, 1: share.numerator}", "0 -> 1"): (
        "the money in the empty purse is never looked at"
    ),
    (
        "recount",
        "q = max(bound, Fraction(cost, sum([weight * number for weight, _, number in rich])))",
        "max -> min",
    ): ("a bound that is lower is no less a bound: only the time differs"),
    ("recount", "payment: Fraction = Fraction(0)", "0 -> 1"): END,
    ("recount", "key: Fraction = Fraction(0)", "0 -> 1"): END,
    ("recount", 'return project.cost if count.rule["utility"] == "cost" else 1', "1 -> 2"): (
        "all keys are halved, and only compared with each other"
    ),
    (
        "recount",
        "count: Count, share: Fraction, same_as: Run | None = None, second: bool = False",
        "False -> True",
    ): LOOKED,
    ("recount", "enough = others or not second", "or -> and in others or not second"): LOOKED,
    (
        "recount",
        "if best and enough and bounds[0][0] > max(best[0], before.key if before else 0):",
        "0 -> 1",
    ): LOOKED,
    (
        "recount",
        "key > before.key or (key == before.key and same_key and best[1] < place)",
        "lt -> lte",
    ): NO_TWO,
    ("recount", "k, jump, successes = 0, 1, 0", "1 -> 2"): JUMPS,
    ("recount", "jump, successes = jump // 2, 0", "0 -> 1"): JUMPS,
    ("recount", "before, run, k, successes = run, reached, k + jump, successes + 1", "1 -> 2"): (
        JUMPS
    ),
    ("recount", "if successes == 2:", "2 -> 3"): JUMPS,
    ("recount", "if successes == 2:", "eq -> noteq"): JUMPS,
    ("recount", "if successes == 2:", "not (successes == 2)"): JUMPS,
    ("recount", "jump, successes = jump * 2, 0", "0 -> 1"): JUMPS,
    ("recount", "jump, successes = jump * 2, 0", "2 -> 3"): JUMPS,
    ("recount", "jump, successes = jump * 2, 0", "mult -> add in jump * 2"): JUMPS,
    ("recount", 'load, _, name = min(running, default=(None, 0, ""))', "0 -> 1"): (
        "the place of nobody is not looked at"
    ),
    ("recount", "complete(count, equal_money(election, Fraction(0)))", "0 -> 1"): (
        "by votes nobody pays, and phragmen is completed in no other way"
    ),
    ("recount", "if again.left > 0:", "gt -> gte"): (
        "with nothing left nothing fits but what is free, which was funded first"
    ),
    ("recount", "comes_first = at.load is None or load < at.load", "lt -> lte"): (
        "when both are equal the next lines decide"
    ),
    (
        "recount",
        "comes_first = tie_key(project, count.rule) < tie_key(winner, count.rule)",
        "lt -> lte",
    ): NO_TWO,
    ("recount", "if (-other.votes, tie_key(other, count.rule)) > mine:", "gt -> gte"): (
        "only the project itself is its equal, and it is passed over below"
    ),
    (
        "recount",
        "more = [(weight, int(share * now.money.parts), extra)] if extra and weight else []",
        "and -> or in extra and weight",
    ): ("no ballots more, or ballots that weigh nothing, pay nothing"),
    (
        "recount",
        "if not more and any(cap >= highest and paid < cost for cap, paid in known.items()):",
        "gte -> gt",
    ): ("a shorter way to the same answer is taken less often"),
    (
        "recount",
        "return tie_key(project, count.rule) < tie_key(count.of(now.bought), count.rule)",
        "lt -> lte",
    ): NO_TWO,
    (
        "recount",
        "share = count.chain.run.share if count.chain and count.chain.run else Fraction(0)",
        "0 -> 1",
    ): ("without a run no round asks for the share"),
    (
        "recount",
        "if why_refused(project, replace(election, counted=election.counted + extra), rule):",
        "add -> sub in election.counted + extra",
    ): ("this way is taken with extra ballots only where no minimum asks how many there are"),
    (
        "recount",
        'known = rule["family"] == "phragmen" or (seen and rule["completion"] != "epsilon")',
        "or -> and in rule['family'] == 'phragmen' or (seen and rule['completion']",
    ): ("the long way gives the same answer, which is what the short one is tested by"),
}
