"""What the verifier says of each bundle that ``test_verify`` breaks: check, sentence, breaks."""

PACKED_AGAIN = (
    "Packing the files again does not give the bytes of this zip file. Take the file as it was "
    "downloaded."
)
NOT_NAMED = (
    "manifest.json does not name every file with its hash and size: of {} it says something else."
)
#: Letters are named by their keys; the round that is broken is always the same.
SAID: dict[tuple[str, str], list[str]] = {
    ("V0", PACKED_AGAIN): [
        "a time in the headers",
        "extra fields",
        "a comment",
        "another order",
        "bytes before",
        "bytes after",
        "a wrong checksum",
    ],
    ("V0", "notes.txt does not belong in a bundle."): ["a file more", "a file more, signed"],
    ("V0", ".. does not belong in a bundle."): ["a folder above as the name"],
    ("V1", "manifest.json does not name every file with its hash and size."): [
        "a file too many",
        "files that are a list",
        "a member more",
        "another round",
        "no format",
        "a manifest that is not canonical",
        "a manifest that is no JSON",
        "a manifest that is a list",
        "a manifest that is deep",
        "a config with surrogates",
    ],
    ("V1", NOT_NAMED.format("README.txt, config.json")): ["two files not named"],
    ("V1", NOT_NAMED.format("README.txt")): ["a file not named", "a wrong hash", "a wrong size"],
    ("V1", "Officers who signed: 1; there must be 2."): [
        "one signature",
        "one officer twice",
        "one officer with two names",
        "the log key instead",
    ],
    ("V1", "The officers signed another manifest."): [
        "another text",
        "another format in the text",
        "a line more in the text",
    ],
    ("V1", "manifest.sig has a wrong signature of stem.dorrewold.example/noord-2026/officer-3."): [
        "a third signature that is wrong",
        "a third signature that is short",
    ],
    ("V1", "manifest.sig has a line that is no signature."): [
        "a third line that is none",
        "a signature with a hyphen",
    ],
    ("V1", "manifest.sig is not written in base64 as it must be."): [
        "base64 that is spelled otherwise",
        "base64 that is none",
    ],
    ("V1", "manifest.sig is not a signed note."): [
        "no end of the last line",
        "no empty line",
        "no signatures",
        "an empty note",
    ],
    ("V1", "manifest.sig is not UTF-8."): ["a note that is not UTF-8"],
    ("V1", "config.json does not say which officers may sign."): [
        "a config that is no JSON",
        "a config that is deep",
        "a config that is a list",
        "a config without keys",
        "a config with a key that is none",
    ],
    ("V2", "config.json has not exactly the members it must have."): [
        "config.json, format",
        "config.json, round that is no text",
        "config.json, origin that is no text",
        "config.json, title that is no text",
        "config.json, framework without version",
        "config.json, framework hash in capitals",
        "config.json, version below zero",
        "config.json, version that is true",
        "config.json, count key that is short",
        "config.json, log key that is no text",
        "config.json, a key more",
        "config.json, one officer needed",
        "config.json, three officers needed",
        "config.json, officers needed true",
        "config.json, smallest seal below zero",
        "config.json, smallest seal that is text",
        "config.json, hash of projects with a line end",
        "config.json, programs without verify",
        "config.json, software that is no text",
        "config.json, a column that is no text",
        "config.json, columns that are text",
        "config.json, a row of META with three",
        "config.json, a row that is text",
        "config.json, a cell that is a number",
        "config.json, a member more",
        "config.json, a member less",
    ],
    ("V2", "projects.json has not exactly the members it must have."): [
        "projects.json, a kind that is none",
        "projects.json, least choices that are text",
        "projects.json, most choices below zero",
        "projects.json, most cost below zero",
        "projects.json, points null",
        "projects.json, most points null",
        "projects.json, a limit of a theme that is no pair",
        "projects.json, a limit of a theme that is text",
        "projects.json, a rule more",
        "projects.json, a plan that is text",
        "projects.json, a plan with number 0",
        "projects.json, a plan without a theme",
        "projects.json, a plan with a price below zero",
        "projects.json, a plan with text as lot",
        "projects.json, a plan with a number as title",
        "projects.json, a plan with a number as area",
        "projects.json, themes that are a list",
        "projects.json, plans that are no list",
        "projects.json, a member more",
    ],
    ("V2", "Line 1 of ballots.jsonl has not exactly the members it must have."): [
        "ballots.jsonl, a key of 31 bytes",
        "ballots.jsonl, a key that is a number",
        "ballots.jsonl, a signature of 63 bytes",
        "ballots.jsonl, a body that is no text",
        "ballots.jsonl, version 0",
        "ballots.jsonl, version 2 to the 32",
        "ballots.jsonl, version true",
        "ballots.jsonl, a member more",
        "ballots.jsonl, a member less",
        "ballots.jsonl, a list",
    ],
    ("V2", "Line 1 of superseded.jsonl has not exactly the members it must have."): [
        "superseded.jsonl, a key of 33 bytes",
        "superseded.jsonl, an inner of 31 bytes",
        "superseded.jsonl, version 0",
        "superseded.jsonl, a member more",
        "superseded.jsonl, a member less",
        "superseded.jsonl, why revoked",
    ],
    ("V2", "Line 1 of withdrawn.jsonl has not exactly the members it must have."): [
        "withdrawn.jsonl, a key of 33 bytes",
        "withdrawn.jsonl, an inner of 31 bytes",
        "withdrawn.jsonl, version 0",
        "withdrawn.jsonl, a member more",
        "withdrawn.jsonl, a member less",
        "withdrawn.jsonl, why revote",
    ],
    ("V2", "paper_audit.json has not exactly the members it must have."): [
        "paper_audit.json, valid below zero",
        "paper_audit.json, invalid null",
        "paper_audit.json, not returned as text",
        "paper_audit.json, a member more",
    ],
    ("V2", "Line 1 of checkpoints.jsonl has not exactly the members it must have."): [
        "checkpoints.jsonl, a note that is no text",
        "checkpoints.jsonl, a member more",
    ],
    ("V2", "config.json is not canonical JSON."): [
        "config.json with a line end",
        "config.json with a space",
        "config.json with a key twice",
    ],
    ("V2", "projects.json is not canonical JSON."): [
        "projects.json that is no JSON",
        "projects.json that is deep",
        "projects.json that is empty",
        "projects.json with a mark",
        "projects.json with a line end",
        "projects.json with a space",
        "projects.json with a key twice",
        "a number of 54 bits",
        "a number of 54 bits below",
        "a sign that need not be escaped",
        "a surrogate",
    ],
    ("V2", "projects.json is not UTF-8."): ["projects.json that is not UTF-8"],
    ("V2", "paper_audit.json is not canonical JSON."): [
        "paper_audit.json that is no JSON",
        "paper_audit.json that is deep",
        "paper_audit.json that is empty",
        "paper_audit.json with a mark",
        "paper_audit.json with a line end",
        "paper_audit.json with a space",
        "paper_audit.json with a key twice",
        "a number that is not a number",
        "a number with an exponent",
        "minus zero",
        "a number that is too high",
        "a name in another place",
    ],
    ("V2", "paper_audit.json is not UTF-8."): ["paper_audit.json that is not UTF-8"],
    ("V2", "The last line of ballots.jsonl has no end."): ["ballots.jsonl without the last end"],
    ("V2", "Line 31 of ballots.jsonl is not canonical JSON."): [
        "ballots.jsonl with an empty line",
        "ballots.jsonl with a NUL",
        "ballots.jsonl with a decimal",
    ],
    ("V2", "Line 1 of ballots.jsonl is not canonical JSON."): [
        "ballots.jsonl with ends of two signs"
    ],
    ("V2", "ballots.jsonl is not UTF-8."): ["ballots.jsonl that is not UTF-8"],
    ("V2", "Line 31 of ballots.jsonl has not exactly the members it must have."): [
        "ballots.jsonl with a number"
    ],
    ("V2", "The last line of superseded.jsonl has no end."): [
        "superseded.jsonl without the last end"
    ],
    ("V2", "Line 7 of superseded.jsonl is not canonical JSON."): [
        "superseded.jsonl with an empty line",
        "superseded.jsonl with a NUL",
        "superseded.jsonl with a decimal",
    ],
    ("V2", "Line 1 of superseded.jsonl is not canonical JSON."): [
        "superseded.jsonl with ends of two signs"
    ],
    ("V2", "superseded.jsonl is not UTF-8."): ["superseded.jsonl that is not UTF-8"],
    ("V2", "Line 7 of superseded.jsonl has not exactly the members it must have."): [
        "superseded.jsonl with a number"
    ],
    ("V2", "The last line of withdrawn.jsonl has no end."): [
        "withdrawn.jsonl without the last end"
    ],
    ("V2", "Line 3 of withdrawn.jsonl is not canonical JSON."): [
        "withdrawn.jsonl with an empty line",
        "withdrawn.jsonl with a NUL",
        "withdrawn.jsonl with a decimal",
    ],
    ("V2", "Line 1 of withdrawn.jsonl is not canonical JSON."): [
        "withdrawn.jsonl with ends of two signs"
    ],
    ("V2", "withdrawn.jsonl is not UTF-8."): ["withdrawn.jsonl that is not UTF-8"],
    ("V2", "Line 3 of withdrawn.jsonl has not exactly the members it must have."): [
        "withdrawn.jsonl with a number"
    ],
    ("V2", "The last line of checkpoints.jsonl has no end."): [
        "checkpoints.jsonl without the last end"
    ],
    ("V2", "Line 9 of checkpoints.jsonl is not canonical JSON."): [
        "checkpoints.jsonl with an empty line",
        "checkpoints.jsonl with a NUL",
        "checkpoints.jsonl with a decimal",
    ],
    ("V2", "Line 1 of checkpoints.jsonl is not canonical JSON."): [
        "checkpoints.jsonl with ends of two signs"
    ],
    ("V2", "checkpoints.jsonl is not UTF-8."): ["checkpoints.jsonl that is not UTF-8"],
    ("V2", "Line 9 of checkpoints.jsonl has not exactly the members it must have."): [
        "checkpoints.jsonl with a number"
    ],
    ("V2", "The last line of ledger.jsonl has no end."): ["ledger.jsonl without the last end"],
    ("V2", "Line 57 of ledger.jsonl is not canonical JSON."): [
        "ledger.jsonl with an empty line",
        "ledger.jsonl with a NUL",
        "ledger.jsonl with a decimal",
    ],
    ("V2", "Line 1 of ledger.jsonl is not canonical JSON."): [
        "ledger.jsonl with ends of two signs"
    ],
    ("V2", "ledger.jsonl is not UTF-8."): ["ledger.jsonl that is not UTF-8"],
    ("V2", "Line 57 of ledger.jsonl has not exactly the members it must have."): [
        "ledger.jsonl with a number"
    ],
    ("V2", "paper.jsonl is not empty; this format has no ballots on paper."): [
        "paper ballots",
        "an empty line of paper",
    ],
    ("V3", "config.json names another projects.json."): ["another_list"],
    ("V3", "config.json names another recount.py."): ["another_recount"],
    ("V3", "config.json names another verify.py."): ["another_verifier"],
    ("V3", "The log key does not have the origin as its name."): ["a_log_key_of_another_log"],
    ("V3", "The officers' keys do not have the names they must, or are not three."): [
        "a_third_officer_with_the_key_of_the_first",
        "an officer of another origin",
        "an officer with another number",
    ],
    ("V3", "Two plans have the same number."): ["two_plans_with_one_number"],
    ("V3", "A key in config.json is not a verifier key of Ed25519 with its id."): [
        "an id of a key that is wrong",
        "a key of another kind",
    ],
    ("V3", "A key in config.json is not a verifier key."): ["a log key with capitals in its id"],
    ("V3", "The rows of the election in config.json are not the plans."): [
        "a cost",
        "a cost with a nought",
        "an id",
        "an area",
        "a theme",
        "a lot number",
        "votes",
        "rows in another order",
        "a row less",
        "no column for the area",
        "no column for the lot",
    ],
    ("V3", "The election in config.json is not a table."): [
        "a row too short",
        "a row too long",
        "a column twice",
    ],
    ("V3", "The election in config.json has not the columns that it must have."): [
        "no column for the votes",
        "a column for the score",
    ],
    ("V3", "META in config.json must leave num_votes open, and say nothing twice."): [
        "a number of votes before anybody voted",
        "no number of votes",
        "META that says something twice",
    ],
    ("V4", "Line 55 of the ledger, revoked, may not stand there."): ["revoked after closing"],
    ("V4", "Line 55 of the ledger, spares, may not stand there."): ["spares after closing"],
    ("V4", "Line 55 of the ledger, paper, may not stand there."): ["paper after closing"],
    ("V4", "Line 55 of the ledger, pause, may not stand there."): ["pause after closing"],
    ("V4", "Line 55 of the ledger, resume, may not stand there."): ["resume after closing"],
    ("V4", "Line 55 of the ledger, extended, may not stand there."): ["extended after closing"],
    ("V4", "Line 55 of the ledger, notice, may not stand there."): ["notice after closing"],
    ("V4", "Line 57 of the ledger, config, may not stand there."): ["config twice"],
    ("V4", "Line 57 of the ledger, roll, may not stand there."): ["roll twice"],
    ("V4", "Line 57 of the ledger, open, may not stand there."): ["open twice"],
    ("V4", "Line 57 of the ledger, closed, may not stand there."): ["closed twice"],
    ("V4", "Line 57 of the ledger, count, may not stand there."): ["count twice"],
    ("V4", "Line 57 of the ledger, published, may not stand there."): ["published twice"],
    ("V4", "Line 1 of the ledger is no fact that a ledger has."): ["config with a wrong member"],
    ("V4", "Line 2 of the ledger is no fact that a ledger has."): ["roll with a wrong member"],
    ("V4", "Line 3 of the ledger is no fact that a ledger has."): ["open with a wrong member"],
    ("V4", "Line 22 of the ledger is no fact that a ledger has."): [
        "notice with a wrong member",
        "a notice without a number",
    ],
    ("V4", "Line 4 of the ledger is no fact that a ledger has."): [
        "spares with a wrong member",
        "a kind that is none",
        "a kind that is a list",
        "an event without a kind",
    ],
    ("V4", "Line 5 of the ledger is no fact that a ledger has."): [
        "plan_withdrawn with a wrong member"
    ],
    ("V4", "Line 38 of the ledger is no fact that a ledger has."): ["pause with a wrong member"],
    ("V4", "Line 6 of the ledger is no fact that a ledger has."): ["resume with a wrong member"],
    ("V4", "Line 23 of the ledger is no fact that a ledger has."): [
        "extended with a wrong member",
        "a moment with a second",
        "a moment with a line end",
        "a moment that is a number",
    ],
    ("V4", "Line 39 of the ledger is no fact that a ledger has."): ["software with a wrong member"],
    ("V4", "Line 53 of the ledger is no fact that a ledger has."): ["restored with a wrong member"],
    ("V4", "Line 54 of the ledger is no fact that a ledger has."): ["closed with a wrong member"],
    ("V4", "Line 55 of the ledger is no fact that a ledger has."): ["count with a wrong member"],
    ("V4", "Line 56 of the ledger is no fact that a ledger has."): [
        "published with a wrong member"
    ],
    ("V4", "Line 7 of the ledger is no fact that a ledger has."): ["destroyed with a wrong member"],
    ("V4", "Line 21 of the ledger is no fact that a ledger has."): [
        "revoked with a wrong member",
        "revoked keys that are not sorted",
        "a revoked key twice",
        "a ballot line called an event",
        "an event called a ballot",
        "a fact of neither kind",
        "a leaf of 31 bytes",
        "a leaf with a member more",
    ],
    ("V4", "Line 37 of the ledger is no fact that a ledger has."): [
        "paper with a wrong member",
        "paper keys that are not sorted",
    ],
    ("V4", "Line 7 of the ledger, ballot, may not stand there."): ["no opening"],
    ("V4", "The ledger does not say that voting was closed."): ["no closing"],
    ("V4", "Line 55 of the ledger, published, may not stand there."): [
        "no count and published",
        "published before count",
    ],
    ("V4", "The ledger does not begin with config and roll."): [
        "no config",
        "no roll",
        "roll before config",
        "opening before roll",
        "an event before roll",
        "an event before config",
        "an empty ledger",
    ],
    ("V4", "Line 54 of the ledger, count, may not stand there."): ["count before closing"],
    ("V4", "Line 3 of the ledger, closed, may not stand there."): ["closing before opening"],
    ("V4", "Line 3 of the ledger, ballot, may not stand there."): ["a ballot before opening"],
    ("V4", "Line 54 of the ledger, ballot, may not stand there."): ["a ballot after closing"],
    ("V5", "Checkpoint 2 is not signed by the log key."): ["another log key"],
    ("V5", "Checkpoint 2 has a wrong signature of stem.dorrewold.example/noord-2026."): [
        "a signature of another text"
    ],
    ("V5", "Checkpoint 2 is of another log."): ["another origin"],
    ("V5", "Checkpoint 2 does not have three lines: origin, size and root."): [
        "a line more",
        "a line less",
    ],
    ("V5", "Checkpoint 1 does not have three lines: origin, size and root."): [
        "a size with a nought",
        "a size with a plus",
    ],
    ("V5", "Checkpoint 1 has another root than the first 4 lines."): ["another size"],
    ("V5", "The last checkpoint is not that of the whole ledger."): [
        "a size above the ledger",
        "no checkpoint of the whole",
        "no checkpoints",
    ],
    ("V5", "Checkpoint 2 is not written in base64 as it must be."): ["a root of 31 bytes"],
    ("V5", "Checkpoint 2 has another root than the first 20 lines."): ["another root"],
    ("V5", "Checkpoint 8 has another root than the first 56 lines."): [
        "a root of the lines backwards"
    ],
    ("V5", "Checkpoint 2 is not a signed note."): ["nothing that is a note"],
    ("V5", "The sizes of the checkpoints do not rise."): [
        "a checkpoint twice",
        "another order",
        "a first checkpoint of nothing",
    ],
    ("V5", "Checkpoint 3 has another root than the first 36 lines."): [
        "a line of the ledger changed"
    ],
    ("V5", "The ballot lines of seal 3 are not sorted, after the events."): [
        "leaves that are not sorted"
    ],
    ("V5", "The ballot lines of seal 2 are not sorted, after the events."): [
        "leaves before events",
        "one checkpoint over two seals",
    ],
    ("V5", "A seal holds fewer ballot lines than it must."): ["a seal that is too small"],
    ("V6", "The ledger begins with another config.json."): ["a_ledger_of_another_config"],
    ("V7", "The ledger begins with another roll.txt."): ["another roll"],
    ("V7", "The ledger begins with another spares.txt."): ["another list of spares"],
    ("V7", "The second line of the ledger has another fingerprint or size."): [
        "another size",
        "another fingerprint",
        "a fingerprint with hyphens",
    ],
    ("V7", "roll.txt is not sorted, or has a letter twice."): [
        "a roll that is not sorted",
        "a letter twice",
        "the same line twice",
    ],
    ("V7", "Line 1 of roll.txt is no letter."): [
        "a key of 31 bytes",
        "an empty line",
        "a roll with ends of two signs",
    ],
    ("V7", "Line 5 of roll.txt is no letter."): [
        "an area that is empty",
        "an area with a tab",
        "an area with a DEL",
        "an area with a NUL",
    ],
    ("V7", "spares.txt is not sorted, or has a letter twice."): [
        "spares that are not sorted",
        "a spare twice",
    ],
    ("V7", "Line 1 of spares.txt is no letter."): [
        "a spare without a pack",
        "a spare of pack 0",
        "a spare of pack 01",
        "a spare of pack A",
        "a spare of a long pack",
    ],
    ("V7", "A spare letter does not stand on the roll."): ["a spare that is not on the roll"],
    ("V7", "An event names a letter that does not stand on the roll."): [
        "a revoked letter that is not on the roll",
        "a paper letter that is not on the roll",
    ],
    ("V7", "An event hands out a pack that does not exist."): ["a pack that does not exist"],
    ("V7", "An event withdraws a plan that is not on the ballot list."): [
        "a plan that does not exist"
    ],
    ("V7", "The last line of roll.txt has no end."): ["a roll without the last end"],
    ("V7", "roll.txt is not UTF-8."): ["a roll that is not UTF-8"],
    ("V7", "The last line of spares.txt has no end."): ["spares without the last end"],
    ("V8", "Ballot 1 is of a letter that does not stand on the roll."): [
        "a letter that is not on the roll"
    ],
    ("V8", "Ballot 11 is of a letter that was revoked."): ["a letter that was revoked"],
    ("V8", "Ballot 11 is of a letter that voted on paper."): ["a letter that voted on paper"],
    ("V8", "Ballot 29 is of a letter that is a spare that was not handed out."): [
        "a spare that was not handed out"
    ],
    ("V8", "The counted ballots are not sorted, or a letter has two of them."): [
        "ballots that are not sorted",
        "a ballot twice",
        "two ballots of a letter",
    ],
    ("V9", "What ballot 1 says is not canonical JSON."): [
        "a body that is no JSON",
        "a body that is not canonical",
        "a body that is deep",
    ],
    ("V9", "Ballot 1 is not a ballot of this round."): [
        "a body that is a list",
        "another round",
        "a nonce of 31 bytes",
        "no nonce",
        "a member more",
        "choices that are a number",
    ],
    ("V9", "Ballot 1 does not obey the rules."): [
        "a choice that is text",
        "a choice that is true",
        "pairs where there are no points",
    ],
    ("V10", "Ballot 1 is not signed by the key of its letter."): [
        "the key of the log",
        "another version",
        "another round",
        "another purpose",
        "zeros",
        "a scalar that is raised",
    ],
    (
        "V11",
        "The versions of letter DSWECbUkhBIwUq0eH0xPfRvuDS7wCChJGq1qY4E5RMY= are not complete.",
    ): ["a_version_that_is_missing"],
    (
        "V11",
        "The versions of letter DIWtyCS+siJx1FwalualTAmKZGtBVTVxjl2GawRwzns= are not complete.",
    ): ["a_replaced_version_above_the_counted_one", "a_version_in_two_files"],
    (
        "V11",
        "The versions of letter +baEao3s6uitb4NuKimVi3QehA78C5DBdqJGVKOf8m8= are not complete.",
    ): ["a_letter_with_nothing_but_replaced_ballots"],
    (
        "V11",
        "No event withdrew the ballot of DIWtyCS+siJx1FwalualTAmKZGtBVTVxjl2GawRwzns=.",
    ): ["a_letter_that_counts_and_was_withdrawn"],
    (
        "V11",
        "No event withdrew the ballot of +baEao3s6uitb4NuKimVi3QehA78C5DBdqJGVKOf8m8=.",
    ): ["a_ballot_withdrawn_without_an_event"],
    (
        "V11",
        "No event withdrew the ballot of Qj/exBGPdXUiVARYCEAhUImORUtckbhZA1fisokOs3w=.",
    ): ["a_ballot_withdrawn_for_another_reason"],
    ("V11", "superseded.jsonl is not sorted, or has a ballot twice."): [
        "replaced_ballots_that_are_not_sorted",
        "a_replaced_ballot_twice",
    ],
    ("V11", "withdrawn.jsonl is not sorted, or has a ballot twice."): [
        "withdrawn_ballots_that_are_not_sorted"
    ],
    ("V12", "Lines of the ledger of which the ballot is missing: 1."): [
        "a_ballot_left_out",
        "a_line_twice",
        "a_lost_leaf_that_is_not_named",
    ],
    ("V12", "Ballots of which nothing stands in the ledger: 1."): [
        "a_line_left_out",
        "a_lost_leaf_that_never_was",
        "other_choices_in_a_replaced_ballot",
        "other_choices_in_a_withdrawn_ballot",
    ],
    ("V13", "At closing there was another number of lines in ballots.jsonl."): [
        "cast one more",
        "cast one less",
    ],
    ("V13", "At closing there was another number of lines in superseded.jsonl."): [
        "superseded one more",
        "superseded one less",
    ],
    ("V13", "At closing there was another number of lines in withdrawn.jsonl."): [
        "withdrawn one more",
        "withdrawn one less",
    ],
    ("V13", "Letters used, used on paper, revoked and unused are not all letters."): [
        "a_letter_that_was_revoked_and_voted_on_paper",
        "a_spare_on_paper_that_was_never_handed_out",
    ],
    ("V14", "round.pb is not what config.json and the ballots give."): ["another_election"],
    ("V14", "Counting again with the recount.py of the bundle gives another result."): [
        "another_result",
        "a_result_of_nothing",
    ],
    ("V14", "The ledger names another count or result (count)."): [
        "a_count_of_another_election",
        "a_count_with_another_result",
    ],
    ("V14", "The ledger names another count or result (published)."): ["another_result_published"],
    ("V14", "The ledger does not say what was counted."): ["no_count"],
    ("V14", "round.pb, line 3: META does not say budget."): ["an_election_that_cannot_be_counted"],
    ("V15", "The marks of paper are not those of paper_audit.json."): [
        "one more not returned",
        "one less not returned",
        "a valid one",
        "an invalid one",
        "a valid one too many",
        "an invalid one too many",
    ],
}
