package output_test

import data.output

redacted := {"treatment": "redact", "alert": false}

passed := {"treatment": "pass", "alert": false}

treated_field(name) := treated(asked("field", "log", name))

test_allow_sensitive_field_redacted if {
	found(asked("field", "log", "password")) == set()
	treated_field("password") == redacted
}

test_allow_harmless_field if {
	found(asked("field", "log", "name")) == set()
	every name in ["name", "id", "status", "passwords_total", "tokenizer", "api_key_id", "secretary", "key", ""] {
		treated_field(name) == passed
	}
}

test_allow_any_case_and_separator_redacted if {
	every name in [
		"apikey", "api_key", "API_KEY", "Api-Key", "api key", "api.key", "apiKey", "APIKEY", "api/key", "api:key",
		"__api--key__", "api_key[]", "apiKey2", "API_KEY_01", "\"apiKey\"", "api_key*", "`api_key`", "api_key=", "$api_key;", "@api#key", "api\\key", "(api)(key)",
	] {
		treated_field(name) == redacted
	}
}

test_allow_longer_name_redacted if {
	every name in ["user_password", "dbPassword", "x-auth-token", "STRIPE_API_KEY", "my.own.password3"] {
		treated_field(name) == redacted
	}
}

# `whole` is for words that ordinary names end with.
test_allow_whole_name_only if {
	treated_field("pin") == redacted
	treated_field("PIN_2") == redacted
	treated_field("mapping_spin") == passed
}

test_allow_characters_that_do_not_show_redacted if {
	every name in ["pass\u200bword", "pass\u200cword", "pass\u200dword", "pass\u2060word", "\ufeffpassword", "pass\u0000word", "pass\u00adword", "pass\u202eword", "pass\u00a0word", "pass\tword", "password\n"] {
		treated_field(name) == redacted
	}
}

# Nobody can say that a field without a name is harmless.
test_allow_unnamed_field_redacted if {
	every name in [null, 7, true, ["name"], {"name": true}] {
		treated_field(name) == redacted
	}
}

# Whatever kinds a pattern finds, a field's name changes nothing.
test_allow_field_name_beside_another_kind if {
	treated(asked("github", "log", "name")) == {"treatment": "tokenise", "alert": true}
}

test_allow_names_of_source_listed if {
	every name in [
		"password", "passwd", "pwd", "passphrase", "secret", "client_secret", "api_key", "api_secret", "access_key",
		"secret_key", "private_key", "encryption_key", "signing_key", "ssh_key", "token", "access_token",
		"refresh_token", "id_token", "auth_token", "bearer_token", "session_token", "csrf_token", "jwt", "authorization",
		"cookie", "set-cookie", "session_id", "credentials", "connection_string", "database_url", "dsn",
		"aws_secret_access_key", "webhook_secret", "master_key", "otp", "pin", "cvv", "credit_card", "card_number", "ssn",
	] {
		treatment := output.treatment with input as asked("field", "log", name)
		treatment == redacted
	}
}

test_allow_kinds_of_source_listed if {
	every kind in [
		"stripe", "github", "aws", "google", "slack", "openai", "anthropic", "jwt", "private_key", "connection_string",
		"high_entropy",
	] {
		treatment := output.treatment with input as asked(kind, "stdout", null)
		treatment.treatment in {"redact", "tokenise"}
	}
}

# What is kept or sent on never holds a secret, whatever is found.
test_allow_nothing_passed_where_it_is_kept if {
	every place in ["log", "audit", "report", "event", "metric"] {
		every kind, _ in data.output.kinds {
			treatment := output.treatment with input as asked(kind, place, "password")
			treatment.treatment in {"redact", "tokenise", "block"}
		}
	}
}
