package access

import data.approval
import data.lib

# What somebody with the right role may still not do, because of the approval it would be done to.

over_an_approval := {
	"approval.read",
	"approval.approve",
	"approval.complete",
	"approval.reject",
	"approval.revoke",
	"approval.mint",
	"approval.review",
}

# METADATA
# title: Approval missing
# description: The permission is one over an approval, and there is none.
# custom: {id: access/approval_missing, requirements: [EXE-06]}
approval_missing := lib.violation(rego.metadata.rule(), {"permission": lib.fact(["permission"])})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains approval_missing if {
	input.permission in over_an_approval
	not present
}

present if is_object(input.approval)

# METADATA
# title: The approval is not open to this
# description: What has been decided, taken back or used stays so.
# custom: {id: access/not_open, requirements: [EXE-06, EXE-08]}
not_open := lib.violation(rego.metadata.rule(), {"state": lib.fact(["approval", "state"])})

# METADATA
# custom: {requirements: [EXE-06, EXE-08]}
violations contains not_open if {
	present
	states := states_open[input.permission]
	not in_state(input.approval, states)
}

# In which states an approval is open to what.
states_open := {
	"approval.approve": {"pending"},
	"approval.complete": {"pending"},
	"approval.reject": {"pending"},
	"approval.revoke": {"pending", "approved"},
	"approval.mint": {"approved"},
}

in_state(facts, states) if facts.state in states

# METADATA
# title: The approval has expired
# description: From its expiry on, nobody says yes to it, and no token is minted from it.
# custom: {id: access/expired, requirements: [EXE-06]}
expired := lib.violation(rego.metadata.rule(), {
	"expires_ms": lib.fact(["approval", "expires_ms"]),
	"now_ms": lib.fact(["now_ms"]),
})

# METADATA
# custom: {requirements: [EXE-06]}
violations contains expired if {
	present
	input.permission in {"approval.approve", "approval.complete", "approval.mint"}
	not approval.unexpired(input.approval)
}

# METADATA
# title: One's own request
# description: |
#   Four eyes: somebody else says yes to it, and somebody else looks back at a break-glass. Names that differ only in case
#   are one person here.
# custom: {id: access/own_request, requirements: [EXE-08]}
own_request := lib.violation(rego.metadata.rule(), {"requested_by": lib.fact(["approval", "requested_by"])})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains own_request if {
	present
	input.permission in {"approval.approve", "approval.complete", "approval.review"}
	not somebody_else(input.approval)
}

# METADATA
# custom: {requirements: [EXE-08]}
violations contains own_request if {
	input.permission == "approval.mint"
	approval.enough_approvers
	not approval.independent(input.approval)
}

somebody_else(_) if data.approval.four_eyes == false

somebody_else(facts) if lower(facts.requested_by) != lower(input.subject.id)

# METADATA
# title: Said before
# description: One person's second yes is none.
# custom: {id: access/said_before, requirements: [EXE-08]}
said_before := lib.violation(rego.metadata.rule(), {"by": lib.fact(["subject", "id"])})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains said_before if {
	input.permission == "approval.approve"
	lower(input.subject.id) in approval.approvers
}

# METADATA
# title: Too few approvers
# description: Not yet as many different people as policy asks for.
# custom: {id: access/too_few_approvers, requirements: [EXE-08]}
too_few_approvers := lib.violation(rego.metadata.rule(), {
	"approvers": count(approval.approvers),
	"required": required,
})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains too_few_approvers if {
	present
	input.permission in {"approval.complete", "approval.mint"}
	not approval.enough_approvers
}

# INVARIANT: always defined. A number that is missing must not make the objection silent.
default required := null

required := data.approval.min_approvers

# METADATA
# title: Nothing to look back at
# description: Only a break-glass is reviewed.
# custom: {id: access/nothing_to_review, requirements: [EXE-08]}
nothing_to_review := lib.violation(rego.metadata.rule(), {})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains nothing_to_review if {
	present
	input.permission == "approval.review"
	not glass_broken(input.approval)
}

glass_broken(facts) if facts.break_glass == true
