package output

# METADATA
# title: The field's name is sensitive
# description: |
#   Names are compared by their letters and digits, without case and without digits at the end. A name that ends with a
#   listed one is sensitive as well (`db_password`, `x-auth-token`), unless the data says that it counts only when whole.
# custom: {requirements: [SBX-40]}
sensitive if data.output.fields[field_name]

sensitive if {
	some listed, how in data.output.fields
	not how.whole
	endswith(field_name, listed)
}

# METADATA
# title: The field's name as it is looked up
# description: Its letters and digits in lower case, without digits at the end.
field_name := trim_right(concat("", kept), "0123456789")

# Whatever else stands in a name is a separator, a mark, or nothing to the eye.
kept := [character |
	some character in split(lower(input.finding.field), "")
	contains("abcdefghijklmnopqrstuvwxyz0123456789", character)
]
