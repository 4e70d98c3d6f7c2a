"""What the Pabulib format names: keys, columns and values, in the order in which it asks them.

Source: the Pabulib format, https://pabulib.org/format, and the public checker of the makers of
Pabulib, version 1.0.8, which is stricter than the page.
"""

#: The keys of META, in their order; the first nine and the two dates are in every file.
META_KEYS = (
    "description",
    "country",
    "unit",
    "district",
    "subunit",
    "instance",
    "num_projects",
    "num_votes",
    "budget",
    "vote_type",
    "rule",
    "date_begin",
    "date_end",
    "min_length",
    "max_length",
    "min_sum_cost",
    "max_sum_cost",
    "min_points",
    "max_points",
    "min_sum_points",
    "max_sum_points",
    "default_score",
    "min_project_cost",
    "max_project_cost",
    "min_project_score_threshold",
    "neighborhoods",
    "subdistricts",
    "categories",
    "edition",
    "language",
    "currency",
    "fully_funded",
    "experimental",
    "comment",
    "acknowledgments",
    "leftover_budget",
    "budget_per_category",
    "budget_per_neighborhood",
    "min_length_per_category",
    "max_length_per_category",
    "min_sum_cost_per_category",
    "max_sum_cost_per_category",
)

#: The keys that every file gives a value.
REQUIRED_KEYS = (
    "description",
    "country",
    "unit",
    "instance",
    "num_projects",
    "num_votes",
    "budget",
    "vote_type",
    "rule",
    "date_begin",
    "date_end",
)

#: The key, our own, under which our writer keeps the exact rule; other files have only a name.
RULE_KEY = "counting_rule"

#: The key, our own too, for projects of which a rule may fund only one per group.
EXCLUSIVE_KEY = "exclusive_groups"

OWN_KEYS = (RULE_KEY, EXCLUSIVE_KEY)

#: The columns of PROJECTS, in their order. Our own for the public draw comes after them.
PROJECT_COLUMNS = (
    "project_id",
    "cost",
    "votes",
    "score",
    "name",
    "category",
    "beneficiaries",
    "selected",
    "neighborhood",
    "subunit",
    "district",
    "description",
    "proposer",
    "public_id",
    "latitude",
    "longitude",
)
LOT_COLUMN = "lot"

#: The names of rules.
RULES = (
    "greedy",
    "greedy-no-skip",
    "greedy-threshold",
    "greedy-exclusive",
    "greedy-custom",
    "equalshares",
    "equalshares-comparison",
    "equalshares/add1",
    "equalshares/add1-comparison",
    "unknown",
)
