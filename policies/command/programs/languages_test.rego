package command.programs_test

test_allow_sed_as_described if holds({
	"command": "sed",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-n -E -s -u -z --sandbox --posix -e 1p --help --version a",
		"--quiet -r --separate --unbuffered --null-data --expression 1p a",
		"--silent --regexp-extended 1p",
	],
	"same": [
		"-n | --quiet | --silent", "-E | -r | --regexp-extended", "-s | --separate", "-u | --unbuffered",
		"-z | --null-data",
	],
	"refused": ["-e e"],
	"misfits": ["1p /x", "e", "-e 1p /x"],
	"often": {"-e 1p": 20, "--expression 1p": 20},
})

test_allow_awk_as_described if holds({
	"command": "awk",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-F , {print}",
		"{print}",
	],
	"refused": ["-F xxxxxxxxxxxxxxxxx"],
	"misfits": ["{print} /x", "x"],
	"counts": [""],
})

test_allow_jq_as_described if holds({
	"command": "jq",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c -r -R -s -n -e -S -C -M -a -j --tab --indent 7 --stream --seq -h -V .",
		concat(" ", [
			"--compact-output --raw-output --raw-input --slurp --null-input --exit-status --sort-keys --color-output",
			"--monochrome-output --ascii-output --join-output --help --version .",
		]),
	],
	"same": [
		"-c | --compact-output", "-r | --raw-output", "-R | --raw-input", "-s | --slurp", "-n | --null-input",
		"-e | --exit-status", "-S | --sort-keys", "-C | --color-output", "-M | --monochrome-output",
		"-a | --ascii-output", "-j | --join-output", "-h | --help", "-V | --version",
	],
	"refused": ["--indent x"],
	"misfits": [". /x", "import"],
})
