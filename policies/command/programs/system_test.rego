package command.programs_test

test_allow_echo_as_described if holds({
	"command": "echo",
	"profiles": ["readonly", "build"],
	"allowed": [
		"x",
	],
})

test_allow_printf_as_described if holds({
	"command": "printf",
	"profiles": ["readonly", "build"],
	"allowed": [
		"x",
	],
})

test_allow_true_as_described if holds({
	"command": "true",
	"profiles": ["readonly", "build"],
	"allowed": [
		"x",
	],
})

test_allow_false_as_described if holds({
	"command": "false",
	"profiles": ["readonly", "build"],
	"allowed": [
		"x",
	],
})

test_allow_date_as_described if holds({
	"command": "date",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-d x --debug -Idate -R --rfc-3339 date -r a -u --help --version +%Y",
		"--date x --iso-8601=date --rfc-email --reference a --utc +%Y",
		"--universal +%Y",
		"-Ihours --rfc-3339 seconds +%Y",
		"-Iminutes --rfc-3339 ns +%Y",
		"-Iseconds +%Y",
		"-Ins +%Y",
		"+%Y",
	],
	"same": [
		"-d x | --date x", "-Idate | --iso-8601=date", "-R | --rfc-email", "-r a | --reference a",
		"-u | --utc | --universal",
	],
	"refused": ["-I%", "--rfc-3339 %", "-r /x"],
	"misfits": ["x"],
	"counts": ["+%Y +%Y"],
})

test_allow_uname_as_described if holds({
	"command": "uname",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a -s -n -r -v -m -p -i -o --help --version",
		concat(" ", [
			"--all --kernel-name --nodename --kernel-release --kernel-version --machine --processor --hardware-platform",
			"--operating-system",
		]),
	],
	"same": [
		"-a | --all", "-s | --kernel-name", "-n | --nodename", "-r | --kernel-release", "-v | --kernel-version",
		"-m | --machine", "-p | --processor", "-i | --hardware-platform", "-o | --operating-system",
	],
	"counts": ["x"],
})

test_allow_arch_as_described if holds({
	"command": "arch",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--help --version",
	],
	"counts": ["x"],
})

test_allow_nproc_as_described if holds({
	"command": "nproc",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--all --ignore 7 --help --version",
	],
	"refused": ["--ignore x"],
	"counts": ["x"],
})

test_allow_whoami_as_described if holds({
	"command": "whoami",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--help --version",
	],
	"counts": ["x"],
})

test_allow_groups_as_described if holds({
	"command": "groups",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--help --version main",
	],
	"misfits": ["%"],
})

test_allow_which_as_described if holds({
	"command": "which",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a main",
		"main",
	],
	"misfits": ["%"],
	"counts": [""],
})

test_allow_test_as_described if holds({
	"command": "test",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"( ) ! -a -o = == != < > -eq -ne -gt -ge -lt -le -n -z -b a -c a -d a -e a -f a -g a -G a -h a -k a -L a -O a",
			"-p a -r a -s a -S a -u a -w a -x a -nt a -ot a -ef a a",
		]),
	],
	"refused": [
		"-b /x", "-c /x", "-d /x", "-e /x", "-f /x", "-g /x", "-G /x", "-h /x", "-k /x", "-L /x", "-O /x", "-p /x",
		"-r /x", "-s /x", "-S /x", "-u /x", "-w /x", "-x /x", "-nt /x", "-ot /x", "-ef /x",
	],
	"misfits": ["/x"],
	"often": {"-b a": 20, "-c a": 20, "-d a": 20, "-e a": 20, "-f a": 20, "-g a": 20, "-G a": 20, "-h a": 20, "-k a": 20, "-L a": 20, "-O a": 20, "-p a": 20, "-r a": 20, "-s a": 20, "-S a": 20, "-u a": 20, "-w a": 20, "-x a": 20, "-nt a": 20, "-ot a": 20, "-ef a": 20},
})

test_allow_bracket_as_described if holds({
	"command": "[",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"( ) ! -a -o = == != < > -eq -ne -gt -ge -lt -le -n -z -b a -c a -d a -e a -f a -g a -G a -h a -k a -L a -O a",
			"-p a -r a -s a -S a -u a -w a -x a -nt a -ot a -ef a ] a",
		]),
	],
	"refused": [
		"-b /x", "-c /x", "-d /x", "-e /x", "-f /x", "-g /x", "-G /x", "-h /x", "-k /x", "-L /x", "-O /x", "-p /x",
		"-r /x", "-s /x", "-S /x", "-u /x", "-w /x", "-x /x", "-nt /x", "-ot /x", "-ef /x",
	],
	"misfits": ["/x"],
	"often": {"-b a": 20, "-c a": 20, "-d a": 20, "-e a": 20, "-f a": 20, "-g a": 20, "-G a": 20, "-h a": 20, "-k a": 20, "-L a": 20, "-O a": 20, "-p a": 20, "-r a": 20, "-s a": 20, "-S a": 20, "-u a": 20, "-w a": 20, "-x a": 20, "-nt a": 20, "-ot a": 20, "-ef a": 20},
})
