package access

# METADATA
# title: The roles that have the permission
holders := reaching(named)

# METADATA
# title: The roles that have it over what they asked for
own_holders := reaching(object.get(data.access.permissions, [input.permission, "own"], []))

# INVARIANT: always defined, for a refusal tells it. What the data does not say is for nobody.
default named := []

# Break-glass is an approval's matter: its roles stand with what comes of it.
named := data.approval.break_glass.roles if input.permission == "approval.break_glass"

named := data.access.permissions[input.permission].roles if input.permission != "approval.break_glass"

# METADATA
# title: The roles named, and those above them
# custom: {requirements: [WFL-04]}
reaching(roles) := {role | some role in roles} | {role |
	some place, least in data.access.hierarchy
	least in roles
	some role in array.slice(data.access.hierarchy, place, count(data.access.hierarchy))
}
