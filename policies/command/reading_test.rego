package command_test

import data.command

required := {"arity": "required", "type": "count"}

optional := {"arity": "optional", "type": "count"}

attached := {"arity": "attached", "type": "count"}

described := {
	"options": {
		"-a": {},
		"-b": {},
		"-n": required,
		"-s": optional,
		"-u": attached,
		"--num": {"as": "-n"},
	},
	"number_option": true,
}

# What a word says in full: the parts that a reader of one word does not need are there for the next.
reads(word, syntax, reading) if command._read(word, syntax, described) == reading

unread := [null, null, null, false]

test_read_flags if {
	reads("-a", "gnu", [["-a"], null, null, false])
	reads("-ab", "gnu", [["-a", "-b"], null, null, false])
	reads("-20", "gnu", [["-NUMBER"], null, null, false])
}

test_read_values_in_the_same_word if {
	reads("-n5", "gnu", [["-n"], required, "5", false])
	reads("-an5", "gnu", [["-a", "-n"], required, "5", false])
	reads("-as5", "gnu", [["-a", "-s"], optional, "5", false])
	reads("--num=5", "gnu", [["-n"], required, "5", false])
	reads("-num=5", "go", unread)
}

test_read_values_in_the_next_word if {
	reads("-n", "gnu", [["-n"], required, null, true])
	reads("-an", "gnu", [["-a", "-n"], required, null, true])
}

test_read_values_that_are_missing if {
	reads("-u", "gnu", [["-u"], attached, null, false])
	reads("-s", "gnu", [["-s"], null, null, false])
	reads("-as", "gnu", [["-a", "-s"], null, null, false])
}

test_read_nothing_that_is_not_described if {
	every word in ["-x", "-ax", "-xn5", "-au", "--zz", "--zz=1"] {
		reads(word, "gnu", unread)
	}
	reads("-n5", "find", unread)
	reads("-ab", "exact", unread)
	command._letter("x", described) == [null, null]
}

test_read_null_where_no_option_can_stand if {
	command._readings == [null, [["-a"], null, null, false], null] with input as request(["tool", "-a", "file"])
		with data.command.programs as tool({})
}
