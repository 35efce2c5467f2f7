package main

import data.lib

# The edge has checked the JSON Schema already. This asks again, cheaply, for what the rules rely on: comparing values of
# different types is no error in Rego (`"1" > 5` holds), and a missing field would leave an objection undefined.

# METADATA
# title: Malformed input
# description: A field is missing or has another type. No area is asked about such an input.
# custom: {id: main/malformed_input, requirements: [EXE-18]}
malformed_input := lib.violation(rego.metadata.rule(), {})

# METADATA
# title: The input of `request` is well formed
# description: |
#   Every field that an area reads is there with its type. Usage facts, isolation facts and requested limits are checked
#   where they are read, for a bad one among them is as good as none.
well_formed if {
	is_moment(input.now_ms)
	is_string(input.channel)
	is_string(input.bundle_sha256)
	is_boolean(input.kill_switch.engaged)
	is_object(input.usage)
	is_object(input.isolation)
	is_name(input.subject.id)
	is_array(input.subject.roles)
	is_null_or_name(input.task)
	is_null_or_name(input.approval_id)
	is_command(input.action)
	is_null_or_token(input.token)
	is_null_or_approval(input.approval)
	is_null_or_repository(input.repository)
}

is_command(action) if {
	action.kind == "command"
	is_string(action.profile)
	is_string(action.cwd)
	is_string(action.workspace)
	is_name(action.cmd_hash)
	is_null_or_string(action.stdin_sha256)
	is_object(action.env)
	is_object(action.limits)
	count(action.limits) <= 7
	is_array(action.argv)
	count(action.argv) > 0
	every word in action.argv {
		is_string(word)
	}
	every value in action.env {
		is_string(value)
	}
}

is_null_or_token(token) if token == null

is_null_or_token(token) if {
	is_string(token.typ)
	is_string(token.iss)
	is_string(token.aud)
	is_name(token.sub)
	is_name(token.jti)
	is_name(token.approval_id)
	is_string(token.cmd_hash)
	is_null_or_string(token.binary_sha256)
	is_null_or_string(token.bundle_sha256)
	is_moment(token.iat_s)
	is_null_or_moment(token.nbf_s)
	is_moment(token.exp_s)
	is_boolean(token.replayed)
	is_moment(token.store_since_s)
}

is_null_or_approval(approval) if approval == null

is_null_or_approval(approval) if {
	is_name(approval.id)
	is_string(approval.state)
	is_string(approval.cmd_hash)
	is_name(approval.requested_by)
	is_moment(approval.expires_ms)
	is_array(approval.approvers)
	every approver in approval.approvers {
		is_name(approver)
	}
}

is_null_or_repository(repository) if repository == null

is_null_or_repository(repository) if is_array(repository.config_keys)

is_name(value) if {
	is_string(value)
	value != ""
}

is_moment(value) if {
	is_number(value)
	value >= 0
}

is_null_or_string(value) if is_null(value)

is_null_or_string(value) if is_string(value)

is_null_or_name(value) if is_null(value)

is_null_or_name(value) if is_name(value)

is_null_or_moment(value) if is_null(value)

is_null_or_moment(value) if is_moment(value)
