package command_test

import data.command

# The types that descriptions share, each at its bounds and just beyond them.

forms_of_types := {
	"path": {"in": {"a", "src/a.ts"}, "out": {"/x", "../x", "-", "/dev/null"}},
	"input": {"in": {"a", "-", "/dev/null"}, "out": {"/x", "/dev/zero"}},
	"revision": {"in": {"main", "main~1..main", "/dev/null"}, "out": {"/x", "-"}},
	"when": {"in": {"always", "never", "auto"}, "out": {"", "sometimes"}},
	"amount": {"in": {"5", "+5K", "-10MiB"}, "out": {"", "K", "5X"}},
	"size": {"in": {"5", "5K", "10MiB"}, "out": {"", "+5", "5X"}},
	"ranges": {"in": {"1", "1,3-5", "-2,7-"}, "out": {"x", "1;2"}},
	"word": {"in": {"main", "a.b:c+d-e"}, "out": {"", "-a", "a b", "a/b", "a=b"}},
	"format": {"in": {"+%Y-%m-%d"}, "out": {"", "%Y"}},
	"sed_script": {"in": {"1,20p", "$d", "/foo/,/bar/p", "s/a/b/g"}, "out": {"", "e", "1w x", "s/a/b/e"}},
	"awk_program": {"in": {"{print}", "{print $1}", "NR>1 {print $1, $NF}"}, "out": {"", "{system(x)}", "BEGIN {print}"}},
	"jq_filter": {"in": {".", ".a[] | .b"}, "out": {"import \"a\" as a; .", "include \"a\"; .", "modulemeta"}},
	"percent": {"in": {"5", "50%", "5/50%"}, "out": {"", "x", "%"}},
	"commit_format": {"in": {"%h %s", "oneline"}, "out": {"%G?", "%+G?", "%-G?", "% G?"}},
	"ref_format": {"in": {"%(refname)"}, "out": {"%(signature)", "%(signature:key)"}},
	"npm_name": {"in": {"left-pad", "@scope/left-pad"}, "out": {"", "left-pad@1", "https://x", "A"}},
	"source": {"in": {"a.ts", "./src/a.mts", "src/a.b.tsx"}, "out": {"/a.ts", "../a.ts", "a.js"}},
	"go_package": {"in": {"./...", "./cmd/x", "fmt", "all", "std", "."}, "out": {"", "fmt@latest", "../x", "/x"}},
	"make_target": {"in": {"all", "build/x.o"}, "out": {"", "A=b", "-f", "%"}},
}

# Cut from one long text: a letter at a time takes a while, and these tests run for many mutants.
letters(n) := substring(many_letters, 0, n)

many_letters := concat("", ["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" | some _ in numbers.range(1, 65)])

limits := {
	"text": {"in": {"", letters(4096)}, "out": {letters(4097)}},
	"separator": {"in": {"", letters(16)}, "out": {letters(17)}},
	"count": {"in": {"0", "1000000000"}, "out": {"-1", "1000000001", "x", ""}},
	"signed": {"in": {"-1000000000", "0", "1000000000"}, "out": {"-1000000001", "1000000001", "x", ""}},
}

takes_only(types) if {
	every type, values in types {
		{value | some value in values.in; command._fits(type, value)} == values.in
		{value | some value in values.out; command._fits(type, value)} == set()
	}
}

test_allow_shared_types_as_described if takes_only(forms_of_types)

test_allow_shared_types_up_to_their_limits if takes_only(limits)

test_allow_every_shared_type_is_looked_at if {
	object.keys(object.union(forms_of_types, limits)) == object.keys(data.command.types)
}

# How long a command may be, and how many variables may be asked for.

objections_to(changes) := {violation.rule |
	some violation in command.violations with input as object.union(request(["echo"]), {"action": changes})
}

test_allow_a_command_up_to_its_bounds if {
	objections_to({"argv": [word | some i in numbers.range(1, 128); word := ["echo", "x"][min([i - 1, 1])]]}) == set()
	objections_to({"argv": array.concat(["echo"], [letters(2047) | some _ in numbers.range(1, 4)])}) == set()
	objections_to({"env": {name: "C" | some i in numbers.range(1, 64); name := sprintf("LANG_%d", [i])}}) == {"command/env_not_allowed"}
}

test_deny_a_command_beyond_its_bounds if {
	objections_to({"argv": [word | some i in numbers.range(1, 129); word := ["echo", "x"][min([i - 1, 1])]]}) == {"command/too_long"}
	objections_to({"argv": array.concat(["echo", "x"], [letters(2047) | some _ in numbers.range(1, 4)])}) == {"command/too_long"}
}

variables_named(n) := {violation.detail.variable |
	some violation in command.violations with input as object.union(request(["echo"]), {"action": {"env": {name: "C" |
		some i in numbers.range(1, n)
		name := sprintf("LANG_%d", [i])
	}}})
}

# Each of so many is looked at by itself; of more, none is.
test_deny_variables_beyond_their_bound if {
	count(variables_named(64)) == 64
	variables_named(65) - {null} != variables_named(65)
}
