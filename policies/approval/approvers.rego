package approval

import data.lib

# METADATA
# title: Approved by the one who asked
# description: |
#   Four eyes: whoever asked is not among the approvers, and somebody among them neither asked nor acts. Names that differ
#   only in case count as one person here.
# custom: {id: approval/own_request, requirements: [EXE-08]}
own_request := lib.violation(rego.metadata.rule(), {"requested_by": lib.fact(["approval", "requested_by"])})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains own_request if {
	approved(input.approval)
	enough_approvers
	not independent(input.approval)
}

independent(_) if data.approval.four_eyes == false

independent(approval) if {
	requester := lower(approval.requested_by)
	actor := lower(input.subject.id)
	not requester in approvers
	some approver in approvers
	approver != actor
}

# METADATA
# title: Too few approvers
# description: People count once, however often they are listed.
# custom: {id: approval/no_approver, requirements: [EXE-08]}
no_approver := lib.violation(rego.metadata.rule(), {"approvers": count(approvers)})

# METADATA
# custom: {requirements: [EXE-08]}
violations contains no_approver if {
	approved(input.approval)
	not enough_approvers
}

enough_approvers if count(approvers) >= data.approval.min_approvers

approvers := {lower(approver) | some approver in input.approval.approvers}
