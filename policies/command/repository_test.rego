package command_test

import data.command

in_repository(argv, repository) := {violation.rule |
	some violation in command.violations with input as object.union(
		object.remove(request(argv), ["repository"]),
		{"repository": repository},
	)
}

keys_refused(keys) := in_repository(["git", "status"], {"config_keys": keys}) == {"command/repository_untrusted"}

test_allow_repositories_as_they_mostly_are if {
	every keys in [
		[],
		["core.repositoryformatversion", "core.filemode", "core.bare", "core.logallrefupdates"],
		["remote.origin.url", "remote.origin.fetch", "branch.main.remote", "branch.main.merge"],
		["remote.my.fork.url", "branch.feature/a.b.merge", "remote.Origin.url"],
		["core.hookspath", "Core.FileMode", "REMOTE.origin.URL", "http.https://github.com/.extraheader"],
	] {
		in_repository(["git", "status"], {"config_keys": keys}) == set()
	}
}

test_deny_names_that_start_or_lead_elsewhere if {
	every key in [
		"filter.lfs.clean", "filter.lfs.process", "filter.x.smudge",
		"diff.x.textconv", "diff.x.command", "diff.external", "diff.submodule",
		"include.path", "includeif.gitdir:/x.path",
		"core.worktree", "core.sshcommand", "core.editor", "core.askpass", "core.gitproxy", "core.attributesfile",
		"core.alternaterefscommand", "gpg.program", "gpg.ssh.program", "alias.log", "pager.log", "pretty.x",
		"remote.origin.uploadpack", "remote.origin.promisor", "remote.origin.vcs", "extensions.partialclone",
		"submodule.x.ignore", "submodule.x.update", "credential.helper", "url.ext::sh.insteadof",
		"remote.url", "core", "", ".", "..", "remote..origin", "corefilemode", "core.filemode.x",
	] {
		keys_refused(["core.bare", key])
	}
}

test_deny_a_repository_says_which_names if {
	command.violations == {{
		"rule": "command/repository_untrusted",
		"message": "The repository is not trusted",
		"requirements": ["EXE-15"],
		"detail": {"keys": ["diff.x.textconv"]},
	}} with input as object.union(request(["git", "log"]), {"repository": {"config_keys": ["core.bare", "diff.x.textconv"]}})
}

test_deny_where_the_configuration_is_not_known if {
	every repository in [null, {}, {"config_keys": null}, {"config_keys": "core.bare"}, {"config_keys": {}}, [], "trusted", true, 5] {
		in_repository(["git", "log"], repository) == {"command/repository_untrusted"}
	}
	rules := {violation.rule | some violation in command.violations with input as object.remove(request(["git", "log"]), ["repository"])}
	rules == {"command/repository_untrusted"}
}

test_deny_names_that_are_no_text if {
	every key in [null, 5, {}, [], true] {
		keys_refused([key])
	}
}

test_allow_programs_that_look_at_no_configuration if {
	in_repository(["ls"], null) == set()
	in_repository(["ls"], {"config_keys": ["filter.x.clean"]}) == set()
}

# What is listed with a name in the middle is that name, letter by letter.
test_allow_exactly_the_listed_name if {
	listed := {"remote.origin.url": {}}
	in_repository(["git", "status"], {"config_keys": ["remote.origin.url"]}) == set() with data.command.repository.keys as listed
	every key in ["remote.ORIGIN.url", "REMOTE.origin.url", "remote.origin.push"] {
		keys_refused([key]) with data.command.repository.keys as listed
	}
}

test_deny_where_only_the_subcommand_asks_for_trust if {
	programs := tool({"subcommands": {
		"look": {"description": "Look"},
		"show": {"description": "Show", "repository": "trusted"},
	}})
	trust(programs, ["tool", "look"]) == "none"
	trust(programs, ["tool", "show"]) == "trusted"
	trust(tool({}), ["tool"]) == "none"
	trust(tool({"repository": "trusted"}), ["tool"]) == "trusted"
}

trust(programs, argv) := asked if {
	asked := command._repository with input as request(argv) with data.command.programs as programs
}

test_allow_every_name_that_is_listed if {
	in_repository(["git", "status"], {"config_keys": listed_names}) == set()
	count(listed_names) == count(data.command.repository.keys)
}

listed_names := [
	"core.repositoryformatversion", "core.filemode", "core.bare", "core.logallrefupdates", "core.ignorecase",
	"core.precomposeunicode", "core.symlinks", "core.autocrlf", "core.eol", "core.safecrlf", "core.quotepath",
	"core.abbrev", "core.compression", "core.commitgraph", "core.sharedrepository", "core.untrackedcache",
	"core.preloadindex", "core.longpaths", "core.fsmonitor", "core.hookspath", "core.pager",
	"diff.ignoresubmodules", "status.submodulesummary", "submodule.recurse", "log.showsignature",
	"extensions.objectformat", "extensions.worktreeconfig", "remote.x.url", "remote.x.fetch", "remote.x.pushurl",
	"remote.x.push", "remote.x.tagopt", "remote.x.prune", "remote.x.gh-resolved", "remote.pushdefault",
	"branch.x.remote", "branch.x.merge", "branch.x.rebase", "branch.x.pushremote", "branch.x.description",
	"branch.x.vscode-merge-base", "branch.x.github-pr-owner-number", "branch.autosetuprebase",
	"branch.autosetupmerge", "branch.sort", "user.name", "user.email", "user.signingkey", "init.defaultbranch",
	"color.ui", "color.diff", "color.status", "color.branch", "column.ui", "log.date", "log.decorate",
	"log.abbrevcommit", "log.follow", "diff.algorithm", "diff.renames", "diff.renamelimit", "diff.colormoved",
	"diff.mnemonicprefix", "diff.noprefix", "diff.context", "status.short", "status.branch",
	"status.showuntrackedfiles", "tag.sort", "versionsort.suffix", "pull.rebase", "pull.ff", "push.default",
	"push.autosetupremote", "push.followtags", "fetch.prune", "fetch.prunetags", "merge.ff", "merge.conflictstyle",
	"rebase.autostash", "rebase.autosquash", "rebase.updaterefs", "rerere.enabled", "commit.gpgsign",
	"tag.gpgsign", "gc.auto", "maintenance.auto", "maintenance.strategy", "receive.denycurrentbranch",
	"feature.manyfiles", "index.version", "http.x.extraheader", "http.postbuffer", "http.version",
	"lfs.repositoryformatversion", "submodule.x.url", "submodule.x.path", "submodule.x.active",
	"submodule.x.branch",
]

# Only git asks, and it asks whatever it is told to do.
test_deny_every_command_of_git_where_the_repository_is_not_trusted if {
	every line in ["git log", "git status", "git --version", "git stash list"] {
		"command/repository_untrusted" in in_repository(words(line), {"config_keys": ["diff.x.textconv"]})
	}
}
