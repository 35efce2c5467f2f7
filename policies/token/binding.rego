package token

import data.lib

# METADATA
# title: Token already used
# description: A token is good for one execution.
# custom: {id: token/replayed, requirements: [EXE-04]}
replayed := lib.violation(rego.metadata.rule(), {})

# METADATA
# custom: {requirements: [EXE-04]}
violations contains replayed if {
	presented
	not unused(input.token)
}

unused(token) if token.replayed == false

# METADATA
# title: Token of somebody else
# description: A capability cannot be handed on.
# custom: {id: token/wrong_subject, requirements: [MEX-01]}
wrong_subject := lib.violation(rego.metadata.rule(), {
	"sub": lib.fact(["token", "sub"]),
	"subject": lib.fact(["subject", "id"]),
})

# METADATA
# custom: {requirements: [MEX-01]}
violations contains wrong_subject if {
	presented
	not own(input.token)
}

own(token) if token.sub == input.subject.id

# METADATA
# title: Token for another approval
# description: The token names the approval it was minted for, and the request must name the same.
# custom: {id: token/approval_mismatch, requirements: [EXE-05]}
approval_mismatch := lib.violation(rego.metadata.rule(), {
	"token": lib.fact(["token", "approval_id"]),
	"request": lib.fact(["approval_id"]),
})

# METADATA
# custom: {requirements: [EXE-05]}
violations contains approval_mismatch if {
	presented
	not for_this_approval(input.token)
}

for_this_approval(token) if token.approval_id == input.approval_id

# METADATA
# title: Token for another command
# description: A token is bound to one exact command and, where it says so, to the exact bytes of its executable.
# custom: {id: token/command_mismatch, requirements: [EXE-07]}
command_mismatch := lib.violation(rego.metadata.rule(), {
	"token": lib.fact(["token", "cmd_hash"]),
	"request": lib.fact(["action", "cmd_hash"]),
})

# METADATA
# custom: {requirements: [EXE-07]}
violations contains command_mismatch if {
	presented
	not for_this_command(input.token)
}

for_this_command(token) if {
	token.cmd_hash == input.action.cmd_hash
	for_this_binary(token)
}

for_this_binary(token) if token.binary_sha256 == null

# Where nobody has hashed the executable this is undefined, and the token is refused.
for_this_binary(token) if token.binary_sha256 == input.action.binary_sha256

# METADATA
# title: Token for other policies
# description: The rules or their data changed after the approval.
# custom: {id: token/bundle_mismatch, requirements: [EXE-07]}
bundle_mismatch := lib.violation(rego.metadata.rule(), {
	"token": lib.fact(["token", "bundle_sha256"]),
	"request": lib.fact(["bundle_sha256"]),
})

# METADATA
# custom: {requirements: [EXE-07]}
violations contains bundle_mismatch if {
	presented
	not for_this_bundle(input.token)
}

for_this_bundle(token) if token.bundle_sha256 == null

for_this_bundle(token) if token.bundle_sha256 == input.bundle_sha256
