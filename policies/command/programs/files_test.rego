package command.programs_test

test_allow_ls_as_described if holds({
	"command": "ls",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-a -A --author -b --block-size 4K -B -c -C --color=always -d -F --classify=always --file-type --format across",
			"--full-time -g --group-directories-first -G -h --si -H --hide x -i -I x -k -l -L -m -n -N -o -p",
			"--indicator-style none -q -Q --quoting-style literal -r -R -s -S --sort none -t --time atime --time-style",
			"full-iso -u -U -v -w 7 -x -X -Z -1 --zero --help --version a",
		]),
		concat(" ", [
			"--all --almost-all --escape --ignore-backups --directory --no-group --human-readable",
			"--dereference-command-line --inode --ignore x --kibibytes --dereference --numeric-uid-gid --literal",
			"--hide-control-chars --quote-name --reverse --recursive --size --width 7 --context a",
		]),
		concat(" ", [
			"--format commas --indicator-style slash --quoting-style locale --sort size --time access --time-style long-iso",
			"a",
		]),
		concat(" ", [
			"--format horizontal --indicator-style file-type --quoting-style shell --sort time --time use --time-style iso",
			"a",
		]),
		concat(" ", [
			"--format long --indicator-style classify --quoting-style shell-always --sort version --time ctime --time-style",
			"locale a",
		]),
		"--format single-column --quoting-style shell-escape --sort extension --time status --time-style +%Y a",
		"--format verbose --quoting-style shell-escape-always --sort width --time birth a",
		"--format vertical --quoting-style c --time creation a",
		"--quoting-style escape --time mtime a",
		"--time modification a",
	],
	"same": [
		"-a | --all", "-A | --almost-all", "-b | --escape", "-B | --ignore-backups", "-d | --directory",
		"-G | --no-group", "-h | --human-readable", "-H | --dereference-command-line", "-i | --inode",
		"-k | --kibibytes", "-L | --dereference", "-n | --numeric-uid-gid", "-N | --literal",
		"-q | --hide-control-chars", "-Q | --quote-name", "-r | --reverse", "-R | --recursive", "-s | --size",
		"-w 7 | --width 7", "-Z | --context",
	],
	"refused": [
		"--block-size x", "--color=x", "--classify=x", "--format %", "--indicator-style %", "--quoting-style %",
		"--sort %", "--time %", "--time-style %", "-w x",
	],
	"misfits": ["/x"],
	"often": {"--hide x": 20, "-I x": 20, "--ignore x": 20},
})

test_allow_cat_as_described if holds({
	"command": "cat",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-A -b -e -E -n -s -t -T -u -v --help --version a",
		"--show-all --number-nonblank --show-ends --number --squeeze-blank --show-tabs --show-nonprinting a",
	],
	"same": [
		"-A | --show-all", "-b | --number-nonblank", "-E | --show-ends", "-n | --number", "-s | --squeeze-blank",
		"-T | --show-tabs", "-v | --show-nonprinting",
	],
	"misfits": ["/x"],
})

test_allow_head_as_described if holds({
	"command": "head",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c 5K -n 5K -q -v -z --help --version a",
		"--bytes 5K --lines 5K --quiet --verbose --zero-terminated a",
		"--silent a",
		"-20 a",
	],
	"same": [
		"-c 5K | --bytes 5K", "-n 5K | --lines 5K", "-q | --quiet | --silent", "-v | --verbose",
		"-z | --zero-terminated",
	],
	"refused": ["-c x", "-n x"],
	"misfits": ["/x"],
})

test_allow_tail_as_described if holds({
	"command": "tail",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c 5K -n 5K -q -v -z --help --version a",
		"--bytes 5K --lines 5K --quiet --verbose --zero-terminated a",
		"--silent a",
		"-20 a",
	],
	"same": [
		"-c 5K | --bytes 5K", "-n 5K | --lines 5K", "-q | --quiet | --silent", "-v | --verbose",
		"-z | --zero-terminated",
	],
	"refused": ["-c x", "-n x"],
	"misfits": ["/x"],
})

test_allow_wc_as_described if holds({
	"command": "wc",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c -m -l -L -w --help --version a",
		"--bytes --chars --lines --max-line-length --words a",
	],
	"same": [
		"-c | --bytes", "-m | --chars", "-l | --lines", "-L | --max-line-length", "-w | --words",
	],
	"misfits": ["/x"],
})

test_allow_stat_as_described if holds({
	"command": "stat",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-L -f --cached always -c x --printf x -t --help --version a",
		"--dereference --file-system --format x --terse a",
		"--cached never a",
		"--cached default a",
		"a",
	],
	"same": ["-L | --dereference", "-f | --file-system", "-c x | --format x", "-t | --terse"],
	"refused": ["--cached %"],
	"misfits": ["/x"],
	"counts": [""],
})

test_allow_du_as_described if holds({
	"command": "du",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-0 -a --apparent-size -B 4K -b -c -D -d 7 -H -h --inodes -k -L -l -m -P -S --si -s -t 5K --time=atime",
			"--time-style full-iso -X a --exclude x -x --help --version a",
		]),
		concat(" ", [
			"--null --all --block-size 4K --bytes --total --dereference-args --max-depth 7 --human-readable --dereference",
			"--count-links --no-dereference --separate-dirs --summarize --threshold 5K --exclude-from a --one-file-system a",
		]),
		"--time=access --time-style long-iso a",
		"--time=use --time-style iso a",
		"--time=ctime --time-style +%Y a",
		"--time=status a",
	],
	"same": [
		"-0 | --null", "-a | --all", "-B 4K | --block-size 4K", "-b | --bytes", "-c | --total",
		"-D | --dereference-args", "-d 7 | --max-depth 7", "-h | --human-readable", "-L | --dereference",
		"-l | --count-links", "-P | --no-dereference", "-S | --separate-dirs", "-s | --summarize",
		"-t 5K | --threshold 5K", "-X a | --exclude-from a", "-x | --one-file-system",
	],
	"refused": ["-B x", "-d x", "-t x", "--time=%", "--time-style %", "-X /x"],
	"misfits": ["/x"],
	"often": {"--exclude x": 20},
})

test_allow_df_as_described if holds({
	"command": "df",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a -B 4K -h -H -i -k -l --no-sync --output=size,used -P --total -t main -T -x main --help --version a",
		concat(" ", [
			"--all --block-size 4K --human-readable --si --inodes --local --portability --type main --print-type",
			"--exclude-type main a",
		]),
	],
	"same": [
		"-a | --all", "-B 4K | --block-size 4K", "-h | --human-readable", "-H | --si", "-i | --inodes", "-l | --local",
		"-P | --portability", "-T | --print-type",
	],
	"refused": ["-B x", "--output=%", "-t %", "-x %"],
	"misfits": ["/x"],
	"often": {"-t main": 20, "-x main": 20, "--type main": 20, "--exclude-type main": 20},
})

test_allow_file_as_described if holds({
	"command": "file",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -i --mime-type --mime-encoding --extension --apple -k -L -h -n -N -0 -p -r -F , -e main -v --help a",
		concat(" ", [
			"--brief --mime --keep-going --dereference --no-dereference --no-buffer --no-pad --print0 --preserve-date --raw",
			"--separator , --exclude main --version a",
		]),
	],
	"same": [
		"-b | --brief", "-i | --mime", "-k | --keep-going", "-L | --dereference", "-h | --no-dereference",
		"-n | --no-buffer", "-N | --no-pad", "-0 | --print0", "-p | --preserve-date", "-r | --raw",
		"-F , | --separator ,", "-v | --version",
	],
	"refused": ["-F xxxxxxxxxxxxxxxxx", "-e %"],
	"misfits": ["/x"],
	"often": {"-e main": 20, "--exclude main": 20},
})

test_allow_pwd_as_described if holds({
	"command": "pwd",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-L -P --help --version",
		"--logical --physical",
	],
	"same": ["-L | --logical", "-P | --physical"],
	"counts": ["x"],
})

test_allow_basename_as_described if holds({
	"command": "basename",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a -s x -z --help --version x",
		"--multiple --suffix x --zero x",
		"x",
	],
	"same": ["-a | --multiple", "-s x | --suffix x", "-z | --zero"],
	"counts": [""],
})

test_allow_dirname_as_described if holds({
	"command": "dirname",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-z --help --version x",
		"--zero x",
		"x",
	],
	"same": ["-z | --zero"],
	"counts": [""],
})

test_allow_realpath_as_described if holds({
	"command": "realpath",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-e -m -L -P -q --relative-to a --relative-base a -s -z --help --version a",
		"--canonicalize-existing --canonicalize-missing --logical --physical --quiet --strip --zero a",
		"--no-symlinks a",
		"a",
	],
	"same": [
		"-e | --canonicalize-existing", "-m | --canonicalize-missing", "-L | --logical", "-P | --physical",
		"-q | --quiet", "-s | --strip | --no-symlinks", "-z | --zero",
	],
	"refused": ["--relative-to /x", "--relative-base /x"],
	"misfits": ["/x"],
	"counts": [""],
})

test_allow_readlink_as_described if holds({
	"command": "readlink",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-f -e -m -n -q -s -v -z --help --version a",
		"--canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet --silent --verbose --zero a",
		"a",
	],
	"same": [
		"-f | --canonicalize", "-e | --canonicalize-existing", "-m | --canonicalize-missing", "-n | --no-newline",
		"-q | --quiet", "-s | --silent", "-v | --verbose", "-z | --zero",
	],
	"misfits": ["/x"],
	"counts": [""],
})
