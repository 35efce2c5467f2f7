package token

import data.lib

# METADATA
# title: Token expired
# description: As RFC 7519 has it, a token is not accepted at its expiry or after it.
# custom: {id: token/expired, requirements: [EXE-02]}
expired := lib.violation(rego.metadata.rule(), {
	"exp_s": lib.fact(["token", "exp_s"]),
	"now_ms": lib.fact(["now_ms"]),
})

# METADATA
# custom: {requirements: [EXE-02]}
violations contains expired if {
	presented
	not unexpired(input.token)
}

unexpired(token) if token.exp_s * 1000 > earliest_ms

# METADATA
# title: Token not valid yet
# description: The token says when it begins.
# custom: {id: token/not_yet_valid, requirements: [EXE-02]}
not_yet_valid := lib.violation(rego.metadata.rule(), {
	"nbf_s": lib.fact(["token", "nbf_s"]),
	"now_ms": lib.fact(["now_ms"]),
})

# METADATA
# custom: {requirements: [EXE-02]}
violations contains not_yet_valid if {
	presented
	not begun(input.token)
}

begun(token) if token.nbf_s == null

begun(token) if token.nbf_s * 1000 <= latest_ms

# METADATA
# title: Token lives too long
# description: A long-lived token is a password; the issuer may not make one.
# custom: {id: token/lifetime_too_long, requirements: [EXE-02]}
lifetime_too_long := lib.violation(rego.metadata.rule(), {
	"iat_s": lib.fact(["token", "iat_s"]),
	"exp_s": lib.fact(["token", "exp_s"]),
})

# METADATA
# custom: {requirements: [EXE-02]}
violations contains lifetime_too_long if {
	presented
	not short_lived(input.token)
}

short_lived(token) if token.exp_s <= token.iat_s + data.token.max_lifetime_s

# METADATA
# title: Token issued in the future
# description: Its issuer's clock or its claims are wrong.
# custom: {id: token/issued_in_future, requirements: [EXE-02]}
issued_in_future := lib.violation(rego.metadata.rule(), {
	"iat_s": lib.fact(["token", "iat_s"]),
	"now_ms": lib.fact(["now_ms"]),
})

# METADATA
# custom: {requirements: [EXE-02]}
violations contains issued_in_future if {
	presented
	not issued(input.token)
}

issued(token) if token.iat_s * 1000 <= latest_ms

# METADATA
# title: Token older than the nonce store
# description: It may have been used in a store that was lost.
# custom: {id: token/issued_before_store, requirements: [EXE-04]}
issued_before_store := lib.violation(rego.metadata.rule(), {
	"iat_s": lib.fact(["token", "iat_s"]),
	"store_since_s": lib.fact(["token", "store_since_s"]),
})

# METADATA
# custom: {requirements: [EXE-04]}
violations contains issued_before_store if {
	presented
	not known_to_store(input.token)
}

known_to_store(token) if {
	is_number(token.iat_s)
	is_number(token.store_since_s)
	token.iat_s >= token.store_since_s
}

# By a clock that differs by the leeway it may be this early, or this late.
earliest_ms := input.now_ms - (data.token.leeway_s * 1000)

latest_ms := input.now_ms + (data.token.leeway_s * 1000)
