package sandbox_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.sandbox

# Policy data as it is, for every channel and risk.

limits_of(risk) := limits if {
	limits := sandbox.run_limits with input as gateway_request
		with data.command.risk as risk
}

test_allow_limits_as_they_are if {
	limits_of("low") == {
		"wall_ms": 10000,
		"cpu_ms": 10000,
		"memory_bytes": 536870912,
		"output_bytes": 10485760,
		"disk_bytes": 67108864,
		"processes": 32,
		"open_files": 256,
	}
	limits_of("medium") == {
		"wall_ms": 60000,
		"cpu_ms": 60000,
		"memory_bytes": 1073741824,
		"output_bytes": 10485760,
		"disk_bytes": 536870912,
		"processes": 128,
		"open_files": 1024,
	}
	limits_of("high") == {
		"wall_ms": 600000,
		"cpu_ms": 1200000,
		"memory_bytes": 4294967296,
		"output_bytes": 10485760,
		"disk_bytes": 4294967296,
		"processes": 512,
		"open_files": 4096,
	}
}

required(channel, risk) := isolation if {
	isolation := sandbox.isolation with input as changed({"channel": channel})
		with data.command.risk as risk
		with data.command.stated_sandbox as null
}

open := {"profile": "open", "requires": []}

contained := {"profile": "contained", "requires": ["mount", "net", "pid", "user"]}

confined := {"profile": "confined", "requires": ["disk", "ipc", "memory", "mount", "net", "pid", "pids", "seccomp", "user"]}

test_allow_isolation_as_channels_ask_for_it if {
	every risk in ["low", "medium", "high"] {
		required("local", risk) == open
	}
	required("gateway", "low") == contained
	required("gateway", "medium") == contained
	required("gateway", "high") == confined
	every risk in ["low", "medium", "high"] {
		required("another", risk) == contained
	}
}

# What a channel lists does not come from the default.
test_allow_isolation_that_a_channel_lists_whatever_the_default if {
	every risk in ["low", "medium"] {
		isolation := sandbox.isolation with input as changed({"channel": "gateway"})
			with data.command.risk as risk
			with data.command.stated_sandbox as null
			with data.sandbox["default"] as "open"
		isolation == contained
	}
}
