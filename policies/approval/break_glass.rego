package approval

# An emergency: whom policy lets may ask and run without another's yes. It is alerted, and somebody else looks back at it.

# METADATA
# custom: {requirements: [EXE-08]}
enough_approvers if glass_broken

# METADATA
# custom: {requirements: [EXE-08]}
independent(_) if glass_broken

# METADATA
# title: The glass was broken, and policy allows that
# description: Where nobody may break it any more, what was asked for so counts as any other approval.
glass_broken if {
	input.approval.break_glass == true
	count(data.approval.break_glass.roles) > 0
}
