package command_test

allow_all(programs, lines) if {
	every line in lines {
		rules_with(programs, line) == set()
	}
}

deny_all(programs, rule, lines) if {
	every line in lines {
		rules_with(programs, line) == {rule}
	}
}

test_allow_flags_alone_and_in_clusters if allow_all(tool({}), [
	"tool",
	"tool -a",
	"tool --all",
	"tool -ab",
	"tool -a -b",
	"tool -vv",
])

test_allow_values_in_the_same_word_and_in_the_next if allow_all(tool({}), [
	"tool -n 5",
	"tool -n5",
	"tool -an5",
	"tool -an 5",
	"tool --number 5",
	"tool --number=5",
	"tool --name --all",
	"tool --name= x",
	"tool --name -- x",
])

test_allow_optional_values_only_attached if allow_all(tool({}), [
	"tool -s",
	"tool -s5",
	"tool -as",
	"tool -as5",
	"tool --size",
	"tool --size=5",
	"tool -s file",
])

test_allow_attached_values if allow_all(tool({}), ["tool -u5", "tool -au5", "tool --unit=5"])

test_deny_attached_values_that_are_missing if {
	deny_all(tool({}), "command/option_value", ["tool -u", "tool --unit", "tool -u 5"])
	deny_all(tool({}), "command/unknown_option", ["tool -au"])
}

test_allow_a_default_at_the_end_only if allow_all(tool({}), ["tool -c", "tool -c main", "tool -cmain", "tool -ac main", "tool -ac"])

test_deny_what_would_be_the_value_of_an_option_with_a_default if {
	deny_all(tool({}), "command/option_value", ["tool -c --all"])
}

test_deny_unknown_options if deny_all(tool({}), "command/unknown_option", [
	"tool -x",
	"tool --exec",
	"tool --exec=x",
	"tool -ax",
	"tool -xa",
	"tool -xn5",
	"tool --al",
	"tool --numb=5",
	"tool -A",
	"tool --ALL",
	"tool ---all",
	"tool --=5",
	"tool -=5",
	"tool -5",
	"tool -é",
])

test_deny_values_that_are_missing_or_bad if deny_all(tool({}), "command/option_value", [
	"tool -n",
	"tool -an",
	"tool --number",
	"tool -n x",
	"tool -nx",
	"tool -n=5",
	"tool -n -a",
	"tool --number=",
	"tool --size=x",
	"tool -sx",
])

test_deny_values_where_none_is_taken if deny_all(tool({}), "command/option_value", ["tool --all=yes", "tool --all="])

test_deny_options_given_too_often if deny_all(tool({}), "command/option_repeated", [
	"tool -a -a",
	"tool -aa",
	"tool -a --all",
	"tool -n 5 --number 6",
	"tool -vvv",
	"tool -v -vv",
])

# A word is an option or a value depending on what is before it: `-n -n` is an option and its value.
test_allow_words_in_a_row_that_each_want_the_next if {
	programs := tool({"options": {
		"-t": {"arity": "required", "type": "text", "repeat": 9},
		"--text": {"as": "-t"},
	}})
	allow_all(programs, [
		"tool -t -t",
		"tool -t --text -t x",
		"tool -t -t -t -t -t -t",
		"tool -t -- -t --",
		"tool -t -t file",
	])
	deny_all(programs, "command/option_value", ["tool -t -t -t", "tool -t -t --text", "tool -t a -t"])
	deny_all(programs, "command/unknown_option", ["tool -t -t -x", "tool -t -x -x"])
}

test_allow_options_after_words_and_words_after_dashes if allow_all(tool({}), [
	"tool file -a",
	"tool file -n 5 other",
	"tool -- -rf --exec -n",
	"tool -a -- -a",
	"tool -- -- --",
	"tool --",
])

test_deny_words_that_are_none if deny_all(tool({}), "command/positional_value", ["tool /etc/passwd", "tool -- /etc/passwd", "tool -a -n 5 x /etc", "tool -"])

test_allow_posix_options_up_to_the_first_word if {
	programs := tool({"syntax": "posix"})
	allow_all(programs, ["tool -a file -x --exec", "tool -n 5 file -n", "tool -- -x", "tool -a", "tool file --"])
	deny_all(programs, "command/unknown_option", ["tool -x file", "tool -a -x"])
	deny_all(programs, "command/positional_value", ["tool file -x /etc"])
}

test_allow_exact_options_without_clusters if {
	programs := tool({"syntax": "exact"})
	allow_all(programs, ["tool -a -b", "tool -n5", "tool -n 5", "tool --number=5", "tool -s5", "tool x -- -y"])
	deny_all(programs, "command/unknown_option", ["tool -ab", "tool -an5"])
}

test_allow_whole_words_as_find_has_them if {
	programs := tool({
		"syntax": "find",
		"options": {
			"-name": {"arity": "required", "type": "text"},
			"-print": {},
			"!": {},
			"(": {},
		},
	})
	allow_all(programs, ["tool . -name *.ts", "tool . ! -name -exec", "tool ( -print -print ! ! (", "tool"])
	deny_all(programs, "command/unknown_option", ["tool -exec", "tool -name=x", "tool -namex", "tool -p", "tool --", "tool -name x -delete"])
	deny_all(programs, "command/option_value", ["tool . -name"])
}

test_allow_go_flags if {
	programs := tool({
		"syntax": "go",
		"options": {
			"-run": {"arity": "required", "type": "text"},
			"-v": {},
		},
	})
	allow_all(programs, ["tool -run X", "tool -run=X", "tool -v -run -v", "tool -v x"])
	deny_all(programs, "command/unknown_option", ["tool -exec x", "tool --run=X", "tool -runX", "tool -vrun", "tool --"])
	deny_all(programs, "command/option_value", ["tool -v=true", "tool -run"])
}

test_allow_anything_where_all_words_are_text if {
	programs := tool({"syntax": "words", "positionals": {"type": "text"}})
	allow_all(programs, ["tool -n --x -- /etc/passwd -", "tool"])
}

test_allow_numbers_as_options if {
	programs := tool({"number_option": true})
	allow_all(programs, ["tool -5", "tool -5 x", "tool -0", "tool -05", "tool -123456789012345"])
	deny_all(programs, "command/unknown_option", ["tool -5x", "tool -1e3", "tool -1234567890123456", "tool -٣", "tool -5.0", "tool -+5", "tool -a5"])
	deny_all(programs, "command/option_repeated", ["tool -5 -6"])
}

test_allow_shared_options if {
	programs := tool({"shared": ["common"]})
	allow_all(programs, ["tool --shared", "tool --also -a"])
	deny_all(programs, "command/option_repeated", ["tool --also --shared"])
	deny_all(tool({}), "command/unknown_option", ["tool --shared"])
}

# A name that leads nowhere, or to another such name, is no flag by default.
test_deny_other_names_that_lead_nowhere if {
	programs := tool({"options": {
		"-a": {},
		"--all": {"as": "-a"},
		"--lost": {"as": "-x"},
		"--chain": {"as": "--all"},
	}})
	allow_all(programs, ["tool --all"])
	deny_all(programs, "command/unknown_option", ["tool --lost", "tool --chain"])
}

test_deny_a_bad_value_at_the_end_for_an_option_with_a_default if {
	deny_all(tool({}), "command/option_value", ["tool -c--all", "tool -ac--all"])
}

# An option whose value would be the next word does not stand before a subcommand, whatever its type makes of no value.
test_deny_a_path_before_a_subcommand if {
	programs := tool({
		"subcommand": "optional",
		"options": {"--dir": {"arity": "required", "type": "path"}},
		"subcommands": {"log": {"description": "Log", "options": {}}},
	})
	allow_all(programs, ["tool --dir=x log"])
	deny_all(programs, "command/unknown_option", ["tool --dir log"])
	objections_with(programs, ["tool", "--dir=x", "--bad", "log"]) == {{
		"rule": "command/unknown_option",
		"message": "Unknown option",
		"requirements": ["EXE-15"],
		"detail": {"argument": "--bad", "position": 2},
	}}
}

# A subcommand may be read in another way than its program.
test_allow_a_syntax_of_the_subcommand if {
	programs := tool({"subcommands": {
		"exact": {"description": "Exact", "syntax": "exact", "options": {"-a": {}, "-b": {}}},
		"plain": {"description": "Plain", "options": {"-a": {}, "-b": {}}},
	}})
	allow_all(programs, ["tool exact -a -b", "tool plain -ab"])
	deny_all(programs, "command/unknown_option", ["tool exact -ab"])
}

# Where a row of options that want the next begins decides which of its words is a value.
test_deny_a_word_after_a_row_that_ends_before_it if {
	programs := tool({"options": {"-a": {}, "-t": {"arity": "required", "type": "text", "repeat": 9}}})
	allow_all(programs, ["tool -a -t -t x"])
	deny_all(programs, "command/positional_value", ["tool -a -t -t /etc/passwd"])
}

# Only a `--` that is no value ends options, and without it only the first word of `posix` does.
test_deny_options_that_nothing_has_ended if {
	deny_all(tool({}), "command/unknown_option", ["tool --name -- --exec", "tool file --exec -- x"])
	deny_all(tool({"syntax": "posix"}), "command/positional_value", ["tool /etc/passwd -x", "tool /etc/passwd"])
}

test_allow_words_of_find_that_are_no_paths if {
	programs := tool({"syntax": "find", "options": {"!": {}, "-print": {}}, "positionals": {"type": "path", "max": 1}})
	allow_all(programs, ["tool . ! -print"])
	deny_all(programs, "command/positional_count", ["tool . x -print"])
}
