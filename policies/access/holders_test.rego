package access_test

import data.access

reached(named) := holders if {
	holders := access.reaching(named) with data.access.hierarchy as ["LOW", "MIDDLE", "HIGH"]
}

test_higher_role_has_what_a_lower_one_has if {
	reached(["LOW"]) == {"LOW", "MIDDLE", "HIGH"}
	reached(["MIDDLE"]) == {"MIDDLE", "HIGH"}
	reached(["HIGH"]) == {"HIGH"}
	reached(["LOW", "HIGH"]) == {"LOW", "MIDDLE", "HIGH"}
}

test_machine_stands_for_itself if {
	reached(["machine"]) == {"machine"}
	reached(["machine", "MIDDLE"]) == {"machine", "MIDDLE", "HIGH"}
	reached([]) == set()
}

test_without_a_hierarchy_roles_stand_for_themselves if {
	holders := access.reaching(["LOW"]) with data.access.hierarchy as null
	holders == {"LOW"}
}

test_allow_break_glass_by_the_data_of_approvals if {
	every case in [
		{"role": "MIDDLE", "expected": {"access/role_lacks_permission"}},
		{"role": "HIGH", "expected": set()},
	] {
		request := asked({"permission": "approval.break_glass", "subject": {"roles": [case.role]}})
		rules(found_where(request, object.union(people, {"break_glass": {"roles": ["HIGH"]}}), [])) == case.expected
	}
}

test_deny_break_glass_unless_somebody_is_named if {
	every break_glass in [{"roles": []}, {}, null, {"roles": "HIGH"}] {
		request := asked({"permission": "approval.break_glass", "subject": {"roles": ["HIGH"]}})
		rules(found_where(request, object.union(people, {"break_glass": break_glass}), [])) == {"access/role_lacks_permission"}
	}
}

# The roles that may break the glass stand in one place.
test_deny_break_glass_by_the_matrix if {
	violations := access.violations with input as asked({"permission": "approval.break_glass"})
		with data.access.permissions as {"approval.break_glass": {"roles": ["MIDDLE"]}}
		with data.approval.break_glass as {"roles": []}
	rules(violations) == {"access/role_lacks_permission"}
}

test_break_glass_gives_no_other_permission if {
	request := asked({"permission": "thing.end"})
	rules(found_where(request, object.union(people, {"break_glass": {"roles": ["MIDDLE"]}}), [])) == {"access/role_lacks_permission"}
}

# Policy data as it is.

may(role, permission) if access.held with input as {
	"subject": {"id": "somebody", "roles": [role]},
	"permission": permission,
	"approval": null,
}

interventions := {
	"pilot.kill_switch",
	"pilot.clarification",
	"pilot.waive_violation",
	"pilot.resume",
	"pilot.cancel",
}

# ADMIN may all five, OPERATOR three, VIEWER none, though it may read.
test_pilots_matrix if {
	{action | some action in interventions; may("ADMIN", action)} == interventions
	{action | some action in interventions; may("OPERATOR", action)} == {"pilot.clarification", "pilot.resume", "pilot.cancel"}
	{action | some action in interventions; may("VIEWER", action)} == set()
	may("VIEWER", "pilot.read")
}

test_machines_move_nothing if {
	every role in ["requester", "auditor", "metrics", "decider", "witness", "operator", "Admin", ""] {
		{action | some action in interventions; may(role, action)} == set()
		not may(role, "pilot.lift_kill_switch")
		not may(role, "approval.approve")
	}
}

test_only_admin_lifts_the_kill_switch if {
	may("ADMIN", "pilot.lift_kill_switch")
	not may("OPERATOR", "pilot.lift_kill_switch")
	not may("VIEWER", "pilot.lift_kill_switch")
}

test_nobody_breaks_the_glass_unless_named if {
	every role in ["ADMIN", "OPERATOR", "VIEWER", "requester"] {
		not may(role, "approval.break_glass")
	}
}

test_each_machine_has_its_own if {
	may("decider", "decision.ask")
	may("metrics", "metrics.read")
	may("witness", "audit.checkpoint")
	may("auditor", "audit.read")
	may("requester", "approval.request")
	not may("requester", "decision.ask")
	not may("metrics", "decision.ask")
	not may("VIEWER", "decision.ask")
	not may("VIEWER", "audit.read")
}

test_older_header_is_accepted_for_nothing if count(data.access.legacy) == 0
