# METADATA
# title: Shared words
# description: What every area needs to object, written once.
package lib

# INVARIANT: always defined. METADATA with something missing must not make an objection silent.

# METADATA
# title: A violation
# description: |
#   One reason to refuse. The id, the requirements and the message come from the METADATA of the rule that objects
#   (`rego.metadata.rule()`), so they stand once and lead back to its line: `custom.id`, `custom.requirements`, and the
#   title, or `custom.message` where that says it better to a caller. `detail` says what was seen, never a secret.
violation(rule, detail) := {
	"rule": object.get(rule, ["custom", "id"], "main/unnamed"),
	"message": object.get(rule, ["custom", "message"], object.get(rule, "title", "Refused")),
	"requirements": object.get(rule, ["custom", "requirements"], []),
	"detail": detail,
}

# METADATA
# title: What the input says at a path
# description: |
#   For the detail of a violation: null where there is nothing. A plain reference would be undefined there, and the whole
#   violation with it.
fact(path) := object.get(input, path, null)
