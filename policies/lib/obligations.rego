package lib

# METADATA
# title: No obligations
# description: What a refusal obliges to.
no_obligations := {
	"run": null,
	"isolation": {"profile": null, "requires": []},
	"limits": null,
	"consume": [],
	"filter": null,
}
