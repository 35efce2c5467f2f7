package command.programs_test

test_allow_od_as_described if holds({
	"command": "od",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-A d --endian big -j 4K -N 4K -t x1 -v -a -b -c -d -f -i -l -o -s -x --help --version a",
		"--address-radix d --skip-bytes 4K --read-bytes 4K --format x1 --output-duplicates a",
		"-A o --endian little a",
		"-A x a",
		"-A n a",
	],
	"same": [
		"-A d | --address-radix d", "-j 4K | --skip-bytes 4K", "-N 4K | --read-bytes 4K", "-v | --output-duplicates",
	],
	"refused": ["-A %", "--endian %", "-j x", "-N x", "-t %"],
	"misfits": ["/x"],
	"often": {"-t x1": 8, "--format x1": 8},
})

test_allow_hexdump_as_described if holds({
	"command": "hexdump",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -c -C -d -o -x -e x -n 4K -s 4K -v -V -h a",
		concat(" ", [
			"--one-byte-octal --one-byte-char --canonical --two-bytes-decimal --two-bytes-octal --two-bytes-hex --format x",
			"--length 4K --skip 4K --no-squeezing --version --help a",
		]),
	],
	"same": [
		"-b | --one-byte-octal", "-c | --one-byte-char", "-C | --canonical", "-d | --two-bytes-decimal",
		"-o | --two-bytes-octal", "-x | --two-bytes-hex", "-e x | --format x", "-n 4K | --length 4K",
		"-s 4K | --skip 4K", "-v | --no-squeezing", "-V | --version", "-h | --help",
	],
	"refused": ["-n x", "-s x"],
	"misfits": ["/x"],
})

test_allow_base64_as_described if holds({
	"command": "base64",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-d -i -w 7 --help --version a",
		"--decode --ignore-garbage --wrap 7 a",
		"a",
	],
	"same": ["-d | --decode", "-i | --ignore-garbage", "-w 7 | --wrap 7"],
	"refused": ["-w x"],
	"misfits": ["/x"],
	"counts": ["a a"],
})

test_allow_cksum_as_described if holds({
	"command": "cksum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"--help --version a",
	],
	"misfits": ["/x"],
})

test_allow_md5sum_as_described if holds({
	"command": "md5sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})

test_allow_sha1sum_as_described if holds({
	"command": "sha1sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})

test_allow_sha224sum_as_described if holds({
	"command": "sha224sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})

test_allow_sha256sum_as_described if holds({
	"command": "sha256sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})

test_allow_sha384sum_as_described if holds({
	"command": "sha384sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})

test_allow_sha512sum_as_described if holds({
	"command": "sha512sum",
	"profiles": ["readonly", "build"],
	"allowed": [
		"-b -t --tag -z --help --version a",
		"--binary --text --zero a",
	],
	"same": ["-b | --binary", "-t | --text", "-z | --zero"],
	"misfits": ["/x"],
})
