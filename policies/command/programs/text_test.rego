package command.programs_test

test_allow_sort_as_described if holds({
	"command": "sort",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-b -d -f -g -i -M -h -n -R -r --sort general-numeric -V --batch-size 7 -c --check=quiet -C --debug -k 1,2n -m",
			"-S 50% -s -t , --parallel 7 -u -z --help --version a",
		]),
		concat(" ", [
			"--ignore-leading-blanks --dictionary-order --ignore-case --general-numeric-sort --ignore-nonprinting",
			"--month-sort --human-numeric-sort --numeric-sort --random-sort --reverse --version-sort --key 1,2n --merge",
			"--buffer-size 50% --stable --field-separator , --unique --zero-terminated a",
		]),
		"--sort human-numeric --check=silent a",
		"--sort month --check=diagnose-first a",
		"--sort numeric a",
		"--sort random a",
		"--sort version a",
	],
	"same": [
		"-b | --ignore-leading-blanks", "-d | --dictionary-order", "-f | --ignore-case", "-g | --general-numeric-sort",
		"-i | --ignore-nonprinting", "-M | --month-sort", "-h | --human-numeric-sort", "-n | --numeric-sort",
		"-R | --random-sort", "-r | --reverse", "-V | --version-sort", "-m | --merge", "-S 50% | --buffer-size 50%",
		"-s | --stable", "-t , | --field-separator ,", "-u | --unique", "-z | --zero-terminated",
	],
	"refused": [
		"--sort %", "--batch-size x", "--check=%", "-k x", "-S x", "-t xxxxxxxxxxxxxxxxx", "--parallel x",
	],
	"misfits": ["/x"],
	"often": {"-k 1,2n": 20, "--key 1,2n": 20},
})

test_allow_uniq_as_described if holds({
	"command": "uniq",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c -d -D --all-repeated=none -f 7 --group=separate -i -s 7 -u -w 7 -z --help --version a",
		"--count --repeated --skip-fields 7 --ignore-case --skip-chars 7 --unique --check-chars 7 --zero-terminated a",
		"--all-repeated=prepend --group=prepend a",
		"--all-repeated=separate --group=append a",
		"--group=both a",
		"a",
	],
	"same": [
		"-c | --count", "-d | --repeated", "-f 7 | --skip-fields 7", "-i | --ignore-case", "-s 7 | --skip-chars 7",
		"-u | --unique", "-w 7 | --check-chars 7", "-z | --zero-terminated",
	],
	"refused": ["--all-repeated=%", "-f x", "--group=%", "-s x", "-w x"],
	"misfits": ["/x"],
	"counts": ["a a"],
})

test_allow_cut_as_described if holds({
	"command": "cut",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b 1,3-5 -d , -n --complement -s --output-delimiter x -z --help --version a",
		"-c 1,3-5 a",
		"-f 1,3-5 a",
		"--bytes 1,3-5 --delimiter , --only-delimited --zero-terminated a",
		"--characters 1,3-5 a",
		"--fields 1,3-5 a",
	],
	"same": [
		"-b 1,3-5 | --bytes 1,3-5", "-c 1,3-5 | --characters 1,3-5", "-f 1,3-5 | --fields 1,3-5",
		"-d , | --delimiter ,", "-s | --only-delimited", "-z | --zero-terminated",
	],
	"refused": ["-b x", "-c x", "-f x", "-d xxxxxxxxxxxxxxxxx"],
	"misfits": ["/x"],
})

test_allow_nl_as_described if holds({
	"command": "nl",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b x -d , -f x -h x -i 7 -l 7 -n ln -p -s x -v 7 -w 7 --help --version a",
		concat(" ", [
			"--body-numbering x --section-delimiter , --footer-numbering x --header-numbering x --line-increment 7",
			"--join-blank-lines 7 --number-format ln --no-renumber --number-separator x --starting-line-number 7",
			"--number-width 7 a",
		]),
		"-n rn a",
		"-n rz a",
	],
	"same": [
		"-b x | --body-numbering x", "-d , | --section-delimiter ,", "-f x | --footer-numbering x",
		"-h x | --header-numbering x", "-i 7 | --line-increment 7", "-l 7 | --join-blank-lines 7",
		"-n ln | --number-format ln", "-p | --no-renumber", "-s x | --number-separator x",
		"-v 7 | --starting-line-number 7", "-w 7 | --number-width 7",
	],
	"refused": ["-d xxxxxxxxxxxxxxxxx", "-i x", "-l x", "-n %", "-v x", "-w x"],
	"misfits": ["/x"],
})

test_allow_tac_as_described if holds({
	"command": "tac",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -r -s x --help --version a",
		"--before --regex --separator x a",
	],
	"same": ["-b | --before", "-r | --regex", "-s x | --separator x"],
	"misfits": ["/x"],
})

test_allow_rev_as_described if holds({
	"command": "rev",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-V -h a",
		"--version --help a",
	],
	"same": ["-V | --version", "-h | --help"],
	"misfits": ["/x"],
})

test_allow_comm_as_described if holds({
	"command": "comm",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-1 -2 -3 --check-order --nocheck-order --output-delimiter x --total -z --help --version a",
		"--zero-terminated a",
		"a a",
	],
	"same": ["-z | --zero-terminated"],
	"misfits": ["/x"],
	"counts": ["a a a"],
})

test_allow_join_as_described if holds({
	"command": "join",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a 1 -e x -i -j 7 -o 1.1,2.2 -t , -v 1 -1 7 -2 7 --check-order --nocheck-order --header -z --help --version a",
		"--ignore-case --zero-terminated a",
		"-a 2 -v 2 a",
		"a a",
	],
	"same": ["-i | --ignore-case", "-z | --zero-terminated"],
	"refused": ["-a %", "-j x", "-o x", "-t xxxxxxxxxxxxxxxxx", "-v %", "-1 x", "-2 x"],
	"misfits": ["/x"],
	"counts": ["a a a"],
	"often": {"-a 1": 2, "-v 1": 2},
})

test_allow_paste_as_described if holds({
	"command": "paste",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-d x -s -z --help --version a",
		"--delimiters x --serial --zero-terminated a",
	],
	"same": ["-d x | --delimiters x", "-s | --serial", "-z | --zero-terminated"],
	"misfits": ["/x"],
})

test_allow_tr_as_described if holds({
	"command": "tr",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c -d -s -t --help --version x",
		"-C --delete --squeeze-repeats --truncate-set1 x",
		"--complement x",
		"x x",
		"x",
	],
	"same": [
		"-c | -C | --complement", "-d | --delete", "-s | --squeeze-repeats", "-t | --truncate-set1",
	],
	"counts": ["x x x", ""],
})

test_allow_fold_as_described if holds({
	"command": "fold",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -s -w 7 --help --version a",
		"--bytes --spaces --width 7 a",
		"-20 a",
	],
	"same": ["-b | --bytes", "-s | --spaces", "-w 7 | --width 7"],
	"refused": ["-w x"],
	"misfits": ["/x"],
})

test_allow_fmt_as_described if holds({
	"command": "fmt",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-c -p x -s -t -u -w 7 -g 7 --help --version a",
		"--crown-margin --prefix x --split-only --tagged-paragraph --uniform-spacing --width 7 --goal 7 a",
	],
	"same": [
		"-c | --crown-margin", "-p x | --prefix x", "-s | --split-only", "-t | --tagged-paragraph",
		"-u | --uniform-spacing", "-w 7 | --width 7", "-g 7 | --goal 7",
	],
	"refused": ["-w x", "-g x"],
	"misfits": ["/x"],
})

test_allow_expand_as_described if holds({
	"command": "expand",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-i -t 4,8 --help --version a",
		"--initial --tabs 4,8 a",
	],
	"same": ["-i | --initial", "-t 4,8 | --tabs 4,8"],
	"refused": ["-t x"],
	"misfits": ["/x"],
})

test_allow_unexpand_as_described if holds({
	"command": "unexpand",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-a --first-only -t 4,8 --help --version a",
		"--all --tabs 4,8 a",
	],
	"same": ["-a | --all", "-t 4,8 | --tabs 4,8"],
	"refused": ["-t x"],
	"misfits": ["/x"],
})

test_allow_column_as_described if holds({
	"command": "column",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-t -s , -o x -c 7 -x -N x -R x -J -n x -e -L -V -h a",
		concat(" ", [
			"--table --separator , --output-separator x --output-width 7 --fillrows --table-columns x --table-right x",
			"--json --table-name x --table-header-repeat --keep-empty-lines --version --help a",
		]),
	],
	"same": [
		"-t | --table", "-s , | --separator ,", "-o x | --output-separator x", "-c 7 | --output-width 7",
		"-x | --fillrows", "-N x | --table-columns x", "-R x | --table-right x", "-J | --json",
		"-n x | --table-name x", "-e | --table-header-repeat", "-L | --keep-empty-lines", "-V | --version",
		"-h | --help",
	],
	"refused": ["-s xxxxxxxxxxxxxxxxx", "-c x"],
	"misfits": ["/x"],
})

test_allow_seq_as_described if holds({
	"command": "seq",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-f x -s x -w --help --version 1.5",
		"--format x --separator x --equal-width 1.5",
		"1.5 1.5 1.5",
		"1.5",
	],
	"same": ["-f x | --format x", "-s x | --separator x", "-w | --equal-width"],
	"misfits": ["x"],
	"counts": ["1.5 1.5 1.5 1.5", ""],
})
