package command.programs_test

test_allow_git_as_described if holds({
	# Its subcommand is optional
	"command": "git",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--no-pager --no-optional-locks --no-replace-objects --literal-pathspecs --glob-pathspecs --noglob-pathspecs",
			"--icase-pathspecs --version -v",
		]),
		"-P",
	],
	"same": ["--no-pager | -P"],
})

test_allow_git_log_as_described if holds({
	"command": "git log",
	"profiles": ["readonly", "build"],
	# All options of git_commits and git_diff, which other subcommands share.
	"allowed": [
		concat(" ", [
			"-q --follow --decorate=short --no-decorate --clear-decorations --decorate-refs x --decorate-refs-exclude x",
			"--source --use-mailmap --no-mailmap --full-diff --log-size -L x -n 7 --skip 7 --since x --until x --author x",
			"--committer x --grep x --grep-reflog x --all-match --invert-grep -i --basic-regexp -E -F -P --remove-empty",
			"--merges --no-merges --min-parents=7 --max-parents=7 --no-min-parents --no-max-parents --first-parent",
			"--exclude-first-parent-only --not --all --branches=x --tags=x --remotes=x --glob x --exclude x --reflog",
			"--single-worktree --ignore-missing --bisect --cherry-mark --cherry-pick --left-only --right-only --cherry -g",
			"--merge --boundary --simplify-by-decoration --show-pulls --full-history --dense --sparse --simplify-merges",
			"--ancestry-path=a --date-order --author-date-order --topo-order --reverse --no-walk=sorted --do-walk",
			"--pretty=%h --format=%h --abbrev-commit --no-abbrev-commit --abbrev=7 --no-abbrev --oneline --expand-tabs=7 a",
		]),
		concat(" ", [
			"--no-expand-tabs --notes=x --no-notes --relative-date --date x --parents --children --left-right --graph",
			"--no-graph --show-linear-break=x --count -p -s -U7 --raw --patch-with-raw --patch-with-stat --indent-heuristic",
			"--no-indent-heuristic --minimal --patience --histogram --anchored x --diff-algorithm default --stat=80,40",
			"--stat-width 7 --stat-name-width 7 --stat-count 7 --stat-graph-width 7 --compact-summary --numstat --shortstat",
			"-Xx --cumulative --summary -z --name-only --name-status --ignore-submodules=all --color=always --no-color",
			"--color-moved=main --no-color-moved --color-moved-ws no --word-diff=color --word-diff-regex x --color-words=x",
			"--no-renames --check --ws-error-highlight all --full-index --binary -B50% -M50% -C50% --find-copies-harder -D",
			"-l 7 --diff-filter AM -S x -G x --find-object a --pickaxe-all --pickaxe-regex -R --relative=a --no-relative -a",
			"--ignore-cr-at-eol --ignore-space-at-eol -b -w --ignore-blank-lines a",
		]),
		concat(" ", [
			"-I x --inter-hunk-context 7 -W --exit-code --no-ext-diff --no-textconv --src-prefix x --dst-prefix x",
			"--no-prefix --line-prefix x --diff-merges main -c --cc -m --combined-all-paths -t a",
		]),
		concat(" ", [
			"--quiet --mailmap --max-count 7 --after x --before x --regexp-ignore-case --extended-regexp --fixed-strings",
			"--perl-regexp --walk-reflogs -u --no-patch --unified=7 --dirstat=x --break-rewrites=50% --find-renames=50%",
			"--find-copies=50% --irreversible-delete --text --ignore-space-change --ignore-all-space",
			"--ignore-matching-lines x --function-context a",
		]),
		"--patch a",
		"--decorate=full --no-walk=unsorted --diff-algorithm myers --word-diff=plain a",
		"--decorate=auto --diff-algorithm minimal --word-diff=porcelain a",
		"--decorate=no --diff-algorithm patience --word-diff=none a",
		"--diff-algorithm histogram a",
		"-20 a",
	],
	"same": [
		"-q | --quiet", "--use-mailmap | --mailmap", "-n 7 | --max-count 7", "--since x | --after x",
		"--until x | --before x", "-i | --regexp-ignore-case", "-E | --extended-regexp", "-F | --fixed-strings",
		"-P | --perl-regexp", "-g | --walk-reflogs", "-p | -u | --patch", "-s | --no-patch", "-U7 | --unified=7",
		"-Xx | --dirstat=x", "-B50% | --break-rewrites=50%", "-M50% | --find-renames=50%",
		"-D | --irreversible-delete", "-a | --text", "-b | --ignore-space-change", "-w | --ignore-all-space",
		"-W | --function-context",
	],
	"refused": [
		"--decorate=%", "-n x", "--skip x", "--min-parents=x", "--max-parents=x", "--ancestry-path=/x", "--no-walk=%",
		"--pretty=%G?", "--format=%G?", "--abbrev=x", "--expand-tabs=x", "-Ux", "--diff-algorithm %", "--stat=x",
		"--stat-width x", "--stat-name-width x", "--stat-count x", "--stat-graph-width x", "--ignore-submodules=%",
		"--color=x", "--color-moved=%", "--color-moved-ws %", "--word-diff=%", "--ws-error-highlight %", "-Bx", "-Mx",
		"-Cx", "-l x", "--diff-filter X%", "--find-object /x", "--relative=/x", "--inter-hunk-context x",
		"--diff-merges %",
	],
	"misfits": ["/x"],
	"unknown": ["-qi"],
	"often": {"--decorate-refs x": 20, "--decorate-refs-exclude x": 20, "-L x": 20, "--author x": 20, "--committer x": 20, "--grep x": 20, "--grep-reflog x": 20, "--glob x": 20, "--exclude x": 20, "--anchored x": 20, "-C50%": 2, "-I x": 20, "--find-copies=50%": 2, "--ignore-matching-lines x": 20},
})

test_allow_git_show_as_described if holds({
	"command": "git show",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-q --follow --decorate=short --no-decorate --clear-decorations --decorate-refs x --decorate-refs-exclude x",
			"--source --use-mailmap --no-mailmap --full-diff --log-size -L x --all-match -p a",
		]),
		"--quiet --mailmap a",
		"--decorate=full a",
		"--decorate=auto a",
		"--decorate=no a",
		"-20 a",
	],
	"same": ["-q | --quiet", "--use-mailmap | --mailmap"],
	"refused": ["--decorate=%"],
	"misfits": ["/x"],
	"unknown": ["-qp"],
	"often": {"--decorate-refs x": 20, "--decorate-refs-exclude x": 20, "-L x": 20},
})

test_allow_git_diff_as_described if holds({
	"command": "git diff",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--cached --merge-base -1 -2 -3 -0 -p a",
		"--staged --base --ours --theirs a",
	],
	"same": ["--cached | --staged", "-1 | --base", "-2 | --ours", "-3 | --theirs"],
	"misfits": ["/x"],
})

test_allow_git_diff_tree_as_described if holds({
	"command": "git diff-tree",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-r --root --no-commit-id --always -v --pretty=%h --format=%h -p a",
		"a",
	],
	"refused": ["--pretty=%G?", "--format=%G?"],
	"misfits": ["/x"],
	"counts": [""],
	"unknown": ["-rv"],
})

test_allow_git_rev_list_as_described if holds({
	"command": "git rev-list",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--objects --objects-edge --header --timestamp --quiet --disk-usage=main --use-bitmap-index --all-match a",
		"-20 a",
	],
	"refused": ["--disk-usage=%"],
	"misfits": ["/x"],
})

test_allow_git_shortlog_as_described if holds({
	"command": "git shortlog",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-s -n -e -c --group x -wx --all-match a",
		"--summary --numbered --email --committer a",
		"-20 a",
	],
	"same": ["-s | --summary", "-n | --numbered", "-e | --email", "-c | --committer"],
	"misfits": ["/x"],
	"often": {"--group x": 5},
})

test_allow_git_status_as_described if holds({
	"command": "git status",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-s -b --show-stash --porcelain=v1 --long -v -uno --ignored=traditional -z --column=x --no-column",
			"--ahead-behind --no-ahead-behind --renames --no-renames -M50% --ignore-submodules=all a",
		]),
		"--short --branch --verbose --untracked-files=no --find-renames=50% a",
		"--porcelain=v2 -unormal --ignored=no a",
		"--porcelain=1 -uall --ignored=matching a",
		"--porcelain=2 a",
	],
	"same": [
		"-s | --short", "-b | --branch", "-uno | --untracked-files=no", "-M50% | --find-renames=50%",
	],
	"refused": ["--porcelain=%", "-u%", "--ignored=%", "-Mx", "--ignore-submodules=%"],
	"misfits": ["/x"],
	"often": {"-v": 2, "--verbose": 2},
})

test_allow_git_branch_as_described if holds({
	"command": "git branch",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-a -r -l -v -q --show-current --abbrev=7 --no-abbrev --column=x --no-column --color=always --no-color -i",
			"--sort x --no-sort --format %(refname) --contains a --no-contains a --merged a --no-merged a --points-at a",
		]),
		"--all --remotes --list --verbose --quiet --ignore-case",
		"-l x",
		"--contains a x",
		"--no-contains a x",
		"--merged a x",
		"--no-merged a x",
		"--points-at a x",
	],
	"same": ["-a | --all", "-r | --remotes", "-l | --list", "-q | --quiet", "-i | --ignore-case"],
	"refused": [
		"--abbrev=x", "--color=x", "--format %(signature)", "--contains /x", "--no-contains /x", "--merged /x",
		"--no-merged /x", "--points-at /x",
	],
	"counts": ["x"],
	"often": {"-v": 2, "--sort x": 20, "--contains a": 20, "--no-contains a": 20, "--merged a": 20, "--no-merged a": 20, "--verbose": 2},
})

test_allow_git_tag_as_described if holds({
	"command": "git tag",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-l -n7 --column=x --no-column --color=always --no-color -i --sort x --no-sort --format %(refname) --contains a",
			"--no-contains a --merged a --no-merged a --points-at a",
		]),
		"--list --ignore-case",
		"-l x",
		"-n7 x",
		"--contains a x",
		"--no-contains a x",
		"--merged a x",
		"--no-merged a x",
		"--points-at a x",
	],
	"same": ["-l | --list", "-i | --ignore-case"],
	"refused": [
		"-nx", "--color=x", "--format %(signature)", "--contains /x", "--no-contains /x", "--merged /x",
		"--no-merged /x", "--points-at /x",
	],
	"counts": ["x"],
	"often": {"--sort x": 20, "--contains a": 20, "--no-contains a": 20, "--merged a": 20, "--no-merged a": 20},
})

test_allow_git_for_each_ref_as_described if holds({
	"command": "git for-each-ref",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--count 7 -s -p --python --tcl --color=always --ignore-case --sort x --no-sort --format %(refname) --contains",
			"a --no-contains a --merged a --no-merged a --points-at a x",
		]),
		"--shell --perl x",
	],
	"same": ["-s | --shell", "-p | --perl"],
	"refused": [
		"--count x", "--color=x", "--format %(signature)", "--contains /x", "--no-contains /x", "--merged /x",
		"--no-merged /x", "--points-at /x",
	],
	"often": {"--sort x": 20, "--contains a": 20, "--no-contains a": 20, "--merged a": 20, "--no-merged a": 20},
})
