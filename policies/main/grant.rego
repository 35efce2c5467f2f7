package main

# METADATA
# title: Something grants this request
# description: |
#   On a channel that requires a capability, a token whose signature has been verified; whether it is good for this
#   request is for `token` and `approval` to say. On a channel that requires none, the profile on the channel's list.
granted if {
	data.token.channels[input.channel].capability == "required"
	is_object(input.token)
}

granted if {
	channel := data.token.channels[input.channel]
	channel.capability == "none"
	input.action.profile in channel.profiles
}
