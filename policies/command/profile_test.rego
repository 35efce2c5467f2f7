# METADATA
# custom: {requirements: [EXE-15, MEX-01]}
package command_test

import data.command

asks(changes) := {violation.rule | some violation in command.violations with input as object.union(request(["ls"]), changes)}

channels := {
	"closed": {"capability": "none", "profiles": ["readonly"]},
	"open": {"capability": "required"},
	"narrow": {"capability": "required", "profiles": ["readonly"]},
	"nothing": {"capability": "none"},
}

granted(channel, profile) if {
	rules := {violation.rule |
		some violation in command.violations with input as object.union(request(["ls"]), {"channel": channel, "action": {"profile": profile}})
			with data.token.channels as channels
	}
	not "command/profile_not_granted" in rules
}

test_allow_profiles_that_the_channel_grants if {
	granted("closed", "readonly")
	granted("open", "readonly")
	granted("open", "build")
	granted("narrow", "readonly")
}

test_deny_profiles_that_the_channel_does_not_grant if {
	not granted("closed", "build")
	not granted("narrow", "build")
	not granted("nothing", "readonly")
	not granted("unknown", "readonly")
}

test_deny_a_profile_says_which if {
	command.violations == {{
		"rule": "command/profile_not_granted",
		"message": "The channel does not grant the profile",
		"requirements": ["MEX-01"],
		"detail": {"profile": "build"},
	}} with input as object.union(request(["ls"]), {"channel": "closed", "action": {"profile": "build"}})
		with data.token.channels as channels
}

test_deny_unknown_profiles if {
	asks({"action": {"profile": "root"}}) == {"command/unknown_profile", "command/profile_not_granted", "command/not_allowed"}
	objections(["ls"]) == set()
	command.violations == {
		{
			"rule": "command/unknown_profile",
			"message": "Unknown profile",
			"requirements": ["EXE-15"],
			"detail": {"profile": "Readonly"},
		},
		{
			"rule": "command/not_allowed",
			"message": "The program is not allowed",
			"requirements": ["EXE-15"],
			"detail": {"program": "ls", "profile": "Readonly"},
		},
	} with input as object.union(request(["ls"]), {"channel": "open", "action": {"profile": "Readonly"}})
		with data.token.channels as channels
}

test_deny_without_a_profile_or_a_channel if {
	complete := request(["ls"])
	everything := {"command/unknown_profile", "command/profile_not_granted", "command/not_allowed"}
	partial := object.union(object.remove(complete, ["action"]), {"action": object.remove(complete.action, ["profile"])})
	rules := {violation.rule | some violation in command.violations with input as partial}
	rules == everything
	every wrong in [null, 5, {}, ["readonly"], true, ""] {
		asks({"action": {"profile": wrong}}) == everything
		asks({"channel": wrong}) == {"command/profile_not_granted"}
	}
	channelless := {violation.rule | some violation in command.violations with input as object.remove(complete, ["channel"])}
	channelless == {"command/profile_not_granted"}
}

test_deny_says_that_nothing_was_said if {
	{violation.detail | some violation in command.violations} == {
		{"profile": null},
		{"program": null, "profile": null},
	} with input as {
		"channel": "local",
		"action": {"argv": [], "cwd": "/ws", "workspace": "/ws", "env": {}},
		"repository": {"config_keys": []},
	}
}
