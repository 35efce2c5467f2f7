package command.programs_test

test_allow_diff_as_described if holds({
	"command": "diff",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"--normal -q -s -c -C 7 --context=7 -u -U 7 --unified=7 -e -n -y -W 7 --left-column --suppress-common-lines -p",
			"-F x --label x -t -T --tabsize 7 --suppress-blank-empty -r --no-dereference -N --unidirectional-new-file",
			"--ignore-file-name-case --no-ignore-file-name-case -x x -X a -S x -i -E -Z -b -w -B -I x -a",
			"--strip-trailing-cr -d --horizon-lines 7 --speed-large-files --color=always -v --help a",
		]),
		concat(" ", [
			"--brief --report-identical-files --ed --rcs --side-by-side --width 7 --show-c-function --show-function-line x",
			"--expand-tabs --initial-tab --recursive --new-file --exclude x --exclude-from a --starting-file x",
			"--ignore-case --ignore-tab-expansion --ignore-trailing-space --ignore-space-change --ignore-all-space",
			"--ignore-blank-lines --ignore-matching-lines x --text --minimal --version a",
		]),
		"a a",
	],
	"same": [
		"-q | --brief", "-s | --report-identical-files", "-e | --ed", "-n | --rcs", "-y | --side-by-side",
		"-W 7 | --width 7", "-p | --show-c-function", "-F x | --show-function-line x", "-t | --expand-tabs",
		"-T | --initial-tab", "-r | --recursive", "-N | --new-file", "-X a | --exclude-from a",
		"-S x | --starting-file x", "-i | --ignore-case", "-E | --ignore-tab-expansion",
		"-Z | --ignore-trailing-space", "-b | --ignore-space-change", "-w | --ignore-all-space",
		"-B | --ignore-blank-lines", "-a | --text", "-d | --minimal", "-v | --version",
	],
	"refused": [
		"-C x", "--context=x", "-U x", "--unified=x", "-W x", "--tabsize x", "-X /x", "--horizon-lines x", "--color=x",
	],
	"misfits": ["/x"],
	"counts": ["a a a"],
	"often": {"--label x": 2, "-x x": 20, "-I x": 20, "--exclude x": 20, "--ignore-matching-lines x": 20},
})

test_allow_cmp_as_described if holds({
	"command": "cmp",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -i 1:2 -l -n 4K -s --help -v a",
		"--print-bytes --ignore-initial 1:2 --verbose --bytes 4K --quiet --version a",
		"--silent a",
		"a a a a",
	],
	"same": [
		"-b | --print-bytes", "-i 1:2 | --ignore-initial 1:2", "-l | --verbose", "-n 4K | --bytes 4K",
		"-s | --quiet | --silent", "-v | --version",
	],
	"refused": ["-i x", "-n x"],
	"misfits": ["/x"],
	"counts": ["a a a a a"],
})
