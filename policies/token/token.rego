# METADATA
# title: Capability tokens
# description: |
#   What a token must say once its signature has been verified. A token that is presented is held to all of it, also on a
#   channel that would do without one.
# related_resources:
#   - {ref: ../../docs/policies/token.md, description: How tokens are judged and configured}
package token

import data.lib

# METADATA
# title: Token missing
# description: The channel runs nothing without a capability.
# custom: {id: token/missing, requirements: [MEX-01]}
missing := lib.violation(rego.metadata.rule(), {"channel": lib.fact(["channel"])})

# METADATA
# custom: {requirements: [MEX-01]}
violations contains missing if {
	required
	not presented
}

required if data.token.channels[input.channel].capability == "required"

presented if is_object(input.token)

# METADATA
# title: Token of the wrong type
# description: A token made for something else, such as an identity, is no capability.
# custom: {id: token/wrong_type, requirements: [EXE-03]}
wrong_type := lib.violation(rego.metadata.rule(), {"typ": lib.fact(["token", "typ"])})

# METADATA
# custom: {requirements: [EXE-03]}
violations contains wrong_type if {
	presented
	not right_type(input.token)
}

right_type(token) if token.typ == data.token.typ

# METADATA
# title: Token from another issuer
# description: Exactly one issuer is trusted.
# custom: {id: token/wrong_issuer, requirements: [EXE-03]}
wrong_issuer := lib.violation(rego.metadata.rule(), {"iss": lib.fact(["token", "iss"])})

# METADATA
# custom: {requirements: [EXE-03]}
violations contains wrong_issuer if {
	presented
	not right_issuer(input.token)
}

right_issuer(token) if token.iss == data.token.issuer

# METADATA
# title: Token for another audience
# description: A token for another gateway is not good here.
# custom: {id: token/wrong_audience, requirements: [EXE-03]}
wrong_audience := lib.violation(rego.metadata.rule(), {"aud": lib.fact(["token", "aud"])})

# METADATA
# custom: {requirements: [EXE-03]}
violations contains wrong_audience if {
	presented
	not right_audience(input.token)
}

right_audience(token) if token.aud == data.token.audience
