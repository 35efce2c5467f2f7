package command.programs_test

test_allow_git_show_ref_as_described if holds({
	"command": "git show-ref",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--tags --heads --verify -q -d -s7 --abbrev=7 --head x",
		"--quiet --dereference --hash=7 x",
	],
	"same": ["-q | --quiet", "-d | --dereference", "-s7 | --hash=7"],
	"refused": ["-sx", "--abbrev=x"],
})

test_allow_git_ls_files_as_described if holds({
	"command": "git ls-files",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-c -d -m -o -i -s -u -k --directory --no-empty-directory -t -v -z -x x -X a --exclude-standard --error-unmatch",
			"--with-tree a --abbrev=7 --full-name --eol --deduplicate --resolve-undo --format x a",
		]),
		"--cached --deleted --modified --others --ignored --stage --unmerged --killed --exclude x a",
	],
	"same": [
		"-c | --cached", "-d | --deleted", "-m | --modified", "-o | --others", "-i | --ignored", "-s | --stage",
		"-u | --unmerged", "-k | --killed",
	],
	"refused": ["-X /x", "--with-tree /x", "--abbrev=x"],
	"misfits": ["/x"],
	"often": {"-x x": 20, "-X a": 5, "--exclude x": 20},
})

test_allow_git_ls_tree_as_described if holds({
	"command": "git ls-tree",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-d -r -t -l -z --name-only --object-only --full-name --full-tree --abbrev=7 --format x a",
		"--long --name-status a",
		"a",
	],
	"same": ["-l | --long", "--name-only | --name-status"],
	"refused": ["--abbrev=x"],
	"misfits": ["/x"],
	"counts": [""],
})

test_allow_git_rev_parse_as_described if holds({
	"command": "git rev-parse",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--verify -q --short=7 --abbrev-ref=strict --symbolic --symbolic-full-name --all --branches=x --tags=x",
			"--remotes=x --not --revs-only --no-revs --flags --no-flags --show-toplevel --show-prefix --show-cdup --git-dir",
			"--absolute-git-dir --git-common-dir --is-inside-work-tree --is-inside-git-dir --is-bare-repository",
			"--is-shallow-repository --local-env-vars --show-object-format=main a",
		]),
		"--quiet a",
		"--abbrev-ref=loose a",
	],
	"same": ["-q | --quiet"],
	"refused": ["--short=x", "--abbrev-ref=%", "--show-object-format=%"],
	"misfits": ["/x"],
})

test_allow_git_describe_as_described if holds({
	"command": "git describe",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--all --tags --contains --abbrev=7 --candidates 7 --exact-match --debug --long --match x --exclude x --always",
			"--first-parent a",
		]),
	],
	"refused": ["--abbrev=x", "--candidates x"],
	"misfits": ["/x"],
	"often": {"--match x": 20, "--exclude x": 20},
})

test_allow_git_name_rev_as_described if holds({
	"command": "git name-rev",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--tags --refs x --exclude x --all --name-only --undefined --no-undefined --always a",
	],
	"misfits": ["/x"],
	"often": {"--refs x": 20, "--exclude x": 20},
})

test_allow_git_merge_base_as_described if holds({
	"command": "git merge-base",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a --octopus --independent --is-ancestor --fork-point a",
		"--all a",
		"a",
	],
	"same": ["-a | --all"],
	"misfits": ["/x"],
	"counts": [""],
})

test_allow_git_cherry_as_described if holds({
	"command": "git cherry",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-v --abbrev=7 a",
		"--verbose a",
	],
	"same": ["-v | --verbose"],
	"refused": ["--abbrev=x"],
	"misfits": ["/x"],
})

test_allow_git_cat_file_as_described if holds({
	"command": "git cat-file",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-t -s -e -p --batch=x --batch-check=x --batch-all-objects --buffer --unordered --follow-symlinks",
			"--allow-unknown-type a",
		]),
		"a a",
	],
	"misfits": ["/x"],
	"counts": ["a a a"],
})

test_allow_git_grep_as_described if holds({
	"command": "git grep",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--cached --untracked -v -i -w -a -I -r --max-depth 7 -E -G -F -P -n --column -h -H --full-name -l -L -z -o -c",
			"--color=always --no-color --break --heading -C 7 -B 7 -A 7 --threads 7 -p -W -f a -e x --and --or --not",
			"--all-match -q -m 7 --exclude-standard --no-exclude-standard a",
		]),
		concat(" ", [
			"--invert-match --ignore-case --word-regexp --text --recursive --extended-regexp --basic-regexp --fixed-strings",
			"--perl-regexp --line-number --files-with-matches --files-without-match --null --only-matching --count",
			"--context 7 --before-context 7 --after-context 7 --show-function --function-context --quiet --max-count 7 x",
		]),
		"--name-only x",
		"-20 x",
	],
	"same": [
		"-v | --invert-match", "-i | --ignore-case", "-w | --word-regexp", "-a | --text", "-r | --recursive",
		"-E | --extended-regexp", "-G | --basic-regexp", "-F | --fixed-strings", "-P | --perl-regexp",
		"-n | --line-number", "-l | --files-with-matches | --name-only", "-L | --files-without-match", "-z | --null",
		"-o | --only-matching", "-c | --count", "-C 7 | --context 7", "-B 7 | --before-context 7",
		"-A 7 | --after-context 7", "-p | --show-function", "-W | --function-context", "-q | --quiet",
		"-m 7 | --max-count 7",
	],
	"refused": ["--max-depth x", "--color=x", "-C x", "-B x", "-A x", "--threads x", "-f /x", "-m x"],
	"misfits": ["x /x", "-e x /x", "-f a /x"],
	"often": {"-f a": 5, "-e x": 20, "--and": 20, "--or": 20, "--not": 20},
})

test_allow_git_blame_as_described if holds({
	"command": "git blame",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-b --root --show-stats --progress --no-progress --score-debug -f -n -p --line-porcelain -c -t -l -s -e -w",
			"--ignore-rev a --ignore-revs-file a --color-lines --color-by-age --minimal -C7 -M7 -L x --abbrev=7 --date x",
			"--first-parent a",
		]),
		"--show-name --show-number --porcelain --show-email a",
		"a",
	],
	"same": ["-f | --show-name", "-n | --show-number", "-p | --porcelain", "-e | --show-email"],
	"refused": ["--ignore-rev /x", "--ignore-revs-file /x", "-Cx", "-Mx", "--abbrev=x"],
	"misfits": ["/x"],
	"counts": [""],
	"often": {"--ignore-rev a": 20, "--ignore-revs-file a": 5, "-C7": 3, "-L x": 20},
})

test_allow_git_reflog_as_described if holds({
	"command": "git reflog",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-q --follow --decorate=short --no-decorate --clear-decorations --decorate-refs x --decorate-refs-exclude x",
			"--source --use-mailmap --no-mailmap --full-diff --log-size -L x --all-match -p",
		]),
		"--quiet --mailmap",
		"--decorate=full",
		"--decorate=auto",
		"--decorate=no",
		"-20",
		"",
	],
	"same": ["-q | --quiet", "--use-mailmap | --mailmap"],
	"refused": ["--decorate=%"],
	"unknown": ["-qp"],
	"often": {"--decorate-refs x": 20, "--decorate-refs-exclude x": 20, "-L x": 20},
})

test_allow_git_reflog_show_as_described if holds({
	"command": "git reflog show",
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

test_allow_git_stash_list_as_described if holds({
	"command": "git stash list",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-q --follow --decorate=short --no-decorate --clear-decorations --decorate-refs x --decorate-refs-exclude x",
			"--source --use-mailmap --no-mailmap --full-diff --log-size -L x --all-match -p",
		]),
		"--quiet --mailmap",
		"--decorate=full",
		"--decorate=auto",
		"--decorate=no",
		"-20",
	],
	"same": ["-q | --quiet", "--use-mailmap | --mailmap"],
	"refused": ["--decorate=%"],
	"counts": ["x"],
	"unknown": ["-qp"],
	"often": {"--decorate-refs x": 20, "--decorate-refs-exclude x": 20, "-L x": 20},
})

test_allow_git_stash_show_as_described if holds({
	"command": "git stash show",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--include-untracked --no-include-untracked --only-untracked -p a",
		"a",
	],
	"misfits": ["/x"],
	"counts": ["a a"],
})

test_allow_git_remote_as_described if holds({
	"command": "git remote",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-v",
		"--verbose",
	],
	"same": ["-v | --verbose"],
})

test_allow_git_remote_get_url_as_described if holds({
	"command": "git remote get-url",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--push --all x",
		"x",
	],
	"counts": ["x x", ""],
})

test_allow_git_config_as_described if holds({
	"command": "git config",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--get --get-all --get-regexp -l --show-origin --show-scope --local --global --system --worktree --includes",
			"--no-includes --name-only -z --type bool --bool --int --default x user.name",
		]),
		"--list --null user.name",
		"--type int user.name",
		"--type bool-or-int user.name",
		"--type path user.name",
		"--type expiry-date user.name",
		"--type color user.name",
		"user.name",
	],
	"same": ["-l | --list", "-z | --null"],
	"refused": ["--type %"],
	"misfits": ["x"],
	"counts": ["user.name user.name"],
})

test_allow_git_worktree_list_as_described if holds({
	"command": "git worktree list",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-v --porcelain -z --expire x",
		"--verbose",
	],
	"same": ["-v | --verbose"],
	"counts": ["x"],
})

test_allow_git_count_objects_as_described if holds({
	"command": "git count-objects",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-v -H",
		"--verbose --human-readable",
	],
	"same": ["-v | --verbose", "-H | --human-readable"],
	"counts": ["x"],
})

test_allow_git_check_ignore_as_described if holds({
	"command": "git check-ignore",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-q -v -n -z --stdin --no-index a",
		"--quiet --verbose --non-matching a",
	],
	"same": ["-q | --quiet", "-v | --verbose", "-n | --non-matching"],
	"misfits": ["/x"],
})

test_allow_git_version_as_described if holds({
	"command": "git version",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--build-options",
	],
	"counts": ["x"],
})
