# METADATA
# title: Approvals
# description: |
#   A person's yes, as the approval store has it. Asked for on channels that require a capability, and held to all of this
#   wherever one is presented or named.
# related_resources:
#   - {ref: ../../docs/policies/approval.md, description: How approvals are judged and configured}
package approval

import data.lib

# METADATA
# title: Approval missing
# description: No such approval is in the store.
# custom: {id: approval/missing, requirements: [EXE-06]}
missing := lib.violation(rego.metadata.rule(), {"approval_id": lib.fact(["approval_id"])})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains missing if {
	asked_for
	not found
}

asked_for if data.token.channels[input.channel].capability == "required"

asked_for if is_string(input.approval_id)

found if is_object(input.approval)

# METADATA
# title: Approval not given
# description: It is pending or was rejected.
# custom: {id: approval/not_approved, requirements: [EXE-06]}
not_approved := lib.violation(rego.metadata.rule(), {"state": lib.fact(["approval", "state"])})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains not_approved if {
	found
	not approved(input.approval)
	not input.approval.state == "revoked"
	not input.approval.state == "used"
}

# What is neither this nor one of the two states with rules of their own has not been approved, whatever it is called.
approved(approval) if approval.state == "approved"

# METADATA
# title: Approval revoked
# description: Somebody took it back.
# custom: {id: approval/revoked, requirements: [EXE-06]}
revoked := lib.violation(rego.metadata.rule(), {})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains revoked if input.approval.state == "revoked"

# METADATA
# title: Approval already used
# description: An approval is good for one execution.
# custom: {id: approval/used, requirements: [EXE-06]}
used := lib.violation(rego.metadata.rule(), {})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains used if input.approval.state == "used"

# METADATA
# title: Approval expired
# description: It is not accepted at its expiry or after it.
# custom: {id: approval/expired, requirements: [EXE-06]}
expired := lib.violation(rego.metadata.rule(), {
	"expires_ms": lib.fact(["approval", "expires_ms"]),
	"now_ms": lib.fact(["now_ms"]),
})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains expired if {
	found
	not unexpired(input.approval)
}

unexpired(approval) if {
	is_number(input.now_ms)
	is_number(approval.expires_ms)
	input.now_ms < approval.expires_ms
}

# METADATA
# title: Another approval
# description: The store's approval is not the one that the request names.
# custom: {id: approval/wrong_id, requirements: [EXE-05]}
wrong_id := lib.violation(rego.metadata.rule(), {
	"approval": lib.fact(["approval", "id"]),
	"request": lib.fact(["approval_id"]),
})

# METADATA
# custom: {requirements: [EXE-05]}
violations contains wrong_id if {
	found
	not named(input.approval)
}

named(approval) if approval.id == input.approval_id

# METADATA
# title: Approval of another command
# description: What was approved is one exact command.
# custom: {id: approval/command_mismatch, requirements: [EXE-07]}
command_mismatch := lib.violation(rego.metadata.rule(), {
	"approval": lib.fact(["approval", "cmd_hash"]),
	"request": lib.fact(["action", "cmd_hash"]),
})

# METADATA
# custom: {requirements: [EXE-07]}
violations contains command_mismatch if {
	found
	not for_this_command(input.approval)
}

for_this_command(approval) if approval.cmd_hash == input.action.cmd_hash
