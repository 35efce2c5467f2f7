package output_test

import data.output

# Policy data as it is: every kind in every place, and every name of a field.

places := ["stdout", "stderr", "result", "error", "file_name", "header", "log", "audit", "report", "event", "metric"]

loud := {"treatment": "tokenise", "alert": true}

quiet := {"treatment": "tokenise", "alert": false}

kinds := {
	"stripe": loud,
	"github": loud,
	"gitlab": loud,
	"aws": loud,
	"google": loud,
	"azure": loud,
	"slack": loud,
	"openai": loud,
	"anthropic": loud,
	"npm": loud,
	"pypi": loud,
	"sendgrid": loud,
	"twilio": loud,
	"jwt": quiet,
	"bearer": quiet,
	"basic_auth": quiet,
	"private_key": {"treatment": "redact", "alert": true},
	"connection_string": loud,
	"high_entropy": quiet,
	"field": redacted,
}

answer(kind, place, field) := treatment if {
	treatment := output.treatment with input as asked(kind, place, field)
}

expected(kind, place) := blocked if {
	kind == "private_key"
	place in {"event", "metric"}
} else := kinds[kind]

test_allow_every_kind_is_treated_in_every_place if {
	every kind, _ in kinds {
		every place in places {
			answer(kind, place, "password") == expected(kind, place)
		}
	}
}

test_deny_a_private_key_where_it_is_broadcast if {
	{[kind, place] |
		some kind, _ in kinds
		some place in places
		some violation in output.violations with input as asked(kind, place, "password")
		violation.rule == "output/blocked"
	} == {["private_key", "event"], ["private_key", "metric"]}
}

# Names that stand for themselves and for what ends with them.
ends := [
	"password", "passwords", "passwd", "passphrase", "passwordhash", "passwordconfirmation", "passcode", "pwd", "pincode",
	"otpcode", "totpsecret", "mfacode", "recoverycode", "recoverycodes", "secret", "secrets", "secretkey",
	"secretaccesskey", "secretkeybase", "apikey", "apikeys", "apisecret", "appsecret", "appkey", "clientsecret",
	"consumersecret", "sharedsecret", "webhooksecret", "signingkey", "signingsecret", "encryptionkey", "decryptionkey",
	"masterkey", "privatekey", "privatekeypem", "sshkey", "accesskey", "accesskeyid", "accountkey", "storagekey",
	"licensekey", "hmackey", "token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken",
	"sessiontoken", "csrftoken", "xsrftoken", "jwt", "authorization", "proxyauthorization", "cookie", "setcookie",
	"cookies", "sessionid", "sessionkey", "credential", "credentials", "connectionstring", "databaseurl", "dburl",
	"dsn", "mongodburi", "redisurl", "socialsecuritynumber", "creditcard", "creditcardnumber", "cardnumber", "cvv",
	"cvc", "iban",
]

# Names that ordinary names end with.
wholes := ["pass", "pin", "otp", "jwk", "salt", "bearer", "auth", "sid", "nonce", "ssn"]

test_allow_every_listed_field_is_hidden if {
	every name in array.concat(ends, wholes) {
		answer("field", "log", name) == redacted
	}
}

test_allow_what_ends_with_a_listed_field_is_hidden if {
	every name in ends {
		answer("field", "log", concat("_", ["my", name])) == redacted
	}
}

test_allow_what_ends_with_a_whole_word_is_not_hidden if {
	every name in wholes {
		answer("field", "log", concat("", ["my", name])) == passed
	}
}
