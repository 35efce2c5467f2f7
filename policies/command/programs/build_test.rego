package command.programs_test

test_allow_node_as_described if holds({
	"command": "node",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -h -c --test --test-name-pattern x --test-reporter spec --test-only --test-concurrency 7 --test-timeout 7",
			"--experimental-strip-types --experimental-test-coverage --enable-source-maps --no-warnings --trace-warnings",
			"--trace-uncaught --throw-deprecation --unhandled-rejections strict --max-old-space-size=7",
			"--stack-trace-limit=7 a",
		]),
		"--version --help --check a",
		"--test-reporter tap --unhandled-rejections warn a",
		"--test-reporter dot --unhandled-rejections none a",
		"--test-reporter junit --unhandled-rejections throw a",
		"--test-reporter lcov --unhandled-rejections warn-with-error-code a",
		"a",
		"-v",
		"-h",
		"--test",
	],
	"same": ["-v | --version", "-h | --help", "-c | --check"],
	"refused": [
		"--test-reporter %", "--test-concurrency x", "--test-timeout x", "--unhandled-rejections %",
		"--max-old-space-size=x", "--stack-trace-limit=x",
	],
	"misfits": ["a /x", "/x"],
	"counts": [""],
	"often": {"--test-name-pattern x": 20},
})

test_allow_npm_as_described if holds({
	# Its subcommand is optional
	"command": "npm",
	"profiles": ["build"],
	"allowed": [
		"-v",
		"--version",
	],
	"same": ["-v | --version"],
})

test_allow_npm_ls_as_described if holds({
	"command": "npm ls",
	"profiles": ["build"],
	"allowed": [
		"-a -l --json --depth 7 --omit dev left-pad",
		"--all --long left-pad",
		"--omit optional left-pad",
		"--omit peer left-pad",
	],
	"same": ["-a | --all", "-l | --long"],
	"refused": ["--depth x", "--omit %"],
	"misfits": ["A@1"],
	"often": {"--omit dev": 3},
})

test_allow_npm_test_as_described if holds({
	"command": "npm test",
	"profiles": ["build"],
	"allowed": [
		"--silent x",
	],
})

test_allow_npm_run_as_described if holds({
	"command": "npm run",
	"profiles": ["build"],
	"allowed": [
		"--silent --if-present main",
	],
	"misfits": ["%"],
})

test_allow_npm_ci_as_described if holds({
	"command": "npm ci",
	"profiles": ["build"],
	"allowed": [
		"--ignore-scripts --no-audit --no-fund --offline --prefer-offline --omit dev",
		"--omit optional",
		"--omit peer",
	],
	"refused": ["--omit %"],
	"counts": ["x"],
	"often": {"--omit dev": 3},
})

test_allow_npm_outdated_as_described if holds({
	"command": "npm outdated",
	"profiles": ["build"],
	"allowed": [
		"--json -l left-pad",
		"--long left-pad",
	],
	"same": ["-l | --long"],
	"misfits": ["A@1"],
})

test_allow_npm_audit_as_described if holds({
	"command": "npm audit",
	"profiles": ["build"],
	"allowed": [
		"--json --audit-level info --omit dev",
		"--audit-level low --omit optional",
		"--audit-level moderate --omit peer",
		"--audit-level high",
		"--audit-level critical",
		"--audit-level none",
	],
	"refused": ["--audit-level %", "--omit %"],
	"counts": ["x"],
	"often": {"--omit dev": 3},
})

test_allow_npm_explain_as_described if holds({
	"command": "npm explain",
	"profiles": ["build"],
	"allowed": [
		"--json left-pad",
		"left-pad",
	],
	"misfits": ["A@1"],
	"counts": [""],
})

test_allow_tsc_as_described if holds({
	"command": "tsc",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -h --all -b -p a --noEmit --pretty --listFiles --listFilesOnly --listEmittedFiles --showConfig",
			"--explainFiles --traceResolution --diagnostics --extendedDiagnostics --incremental --strict --skipLibCheck",
			"--noUnusedLocals --noUnusedParameters --force --clean --dry --verbose a.ts",
		]),
		"--version --help --build --project a a.ts",
	],
	"refused": ["-p /x"],
	"misfits": ["/x"],
})

test_allow_go_build_as_described if holds({
	"command": "go build",
	"profiles": ["build"],
	"allowed": [
		"-v -x -n -race -trimpath -p 7 -tags a,b -mod readonly -buildvcs=true ./...",
		"-mod vendor -buildvcs=false ./...",
		"-buildvcs=auto ./...",
	],
	"refused": ["-p x", "-tags %", "-mod %", "-buildvcs=%"],
	"misfits": ["x@v1"],
})

test_allow_go_vet_as_described if holds({
	"command": "go vet",
	"profiles": ["build"],
	"allowed": [
		"-v -x -n -race -trimpath -p 7 -tags a,b -mod readonly -buildvcs=true -json ./...",
		"-mod vendor -buildvcs=false ./...",
		"-buildvcs=auto ./...",
	],
	"refused": ["-p x", "-tags %", "-mod %", "-buildvcs=%"],
	"misfits": ["x@v1"],
})

test_allow_go_test_as_described if holds({
	"command": "go test",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -x -n -race -trimpath -p 7 -tags a,b -mod readonly -buildvcs=true -run x -skip x -bench x -benchmem",
			"-benchtime main -count 7 -cover -short -json -failfast -timeout main -parallel 7 -list x -shuffle main",
			"-coverprofile a ./...",
		]),
		"-mod vendor -buildvcs=false ./...",
		"-buildvcs=auto ./...",
	],
	"refused": [
		"-p x", "-tags %", "-mod %", "-buildvcs=%", "-benchtime %", "-count x", "-timeout %", "-parallel x",
		"-shuffle %", "-coverprofile /x",
	],
	"misfits": ["x@v1"],
})

test_allow_go_list_as_described if holds({
	"command": "go list",
	"profiles": ["build"],
	"allowed": [
		"-v -x -n -race -trimpath -p 7 -tags a,b -mod readonly -buildvcs=true -m -deps -json -test -e -f x ./...",
		"-mod vendor -buildvcs=false ./...",
		"-buildvcs=auto ./...",
	],
	"refused": ["-p x", "-tags %", "-mod %", "-buildvcs=%"],
	"misfits": ["x@v1"],
})

test_allow_go_doc_as_described if holds({
	"command": "go doc",
	"profiles": ["build"],
	"allowed": [
		"-all -short -src -u -c ./...",
	],
	"misfits": ["x@v1"],
})

test_allow_go_mod_graph_as_described if holds({
	"command": "go mod graph",
	"profiles": ["build"],
	"allowed": [
		"",
	],
	"counts": ["x"],
})

test_allow_go_mod_verify_as_described if holds({
	"command": "go mod verify",
	"profiles": ["build"],
	"allowed": [
		"",
	],
	"counts": ["x"],
})

test_allow_go_mod_why_as_described if holds({
	"command": "go mod why",
	"profiles": ["build"],
	"allowed": [
		"-m -vendor ./...",
		"./...",
	],
	"misfits": ["x@v1"],
	"counts": [""],
})

test_allow_go_version_as_described if holds({
	"command": "go version",
	"profiles": ["build"],
	"allowed": [
		"-m -v a",
	],
	"misfits": ["/x"],
})

test_allow_go_env_as_described if holds({
	"command": "go env",
	"profiles": ["build"],
	"allowed": [
		"-json GOPATH",
	],
	"misfits": ["x"],
})

test_allow_make_as_described if holds({
	"command": "make",
	"profiles": ["build"],
	"allowed": [
		"-B -j7 -k -n -q -s -S -i -r -R -w --no-print-directory --trace --warn-undefined-variables -v -h all",
		concat(" ", [
			"--always-make --jobs=7 --keep-going --just-print --question --silent --no-keep-going --ignore-errors",
			"--no-builtin-rules --no-builtin-variables --print-directory --version --help all",
		]),
		"--dry-run --quiet --stop all",
		"--recon all",
	],
	"same": [
		"-B | --always-make", "-j7 | --jobs=7", "-k | --keep-going", "-n | --just-print | --dry-run | --recon",
		"-q | --question", "-s | --silent | --quiet", "-S | --no-keep-going | --stop", "-i | --ignore-errors",
		"-r | --no-builtin-rules", "-R | --no-builtin-variables", "-w | --print-directory", "-v | --version",
		"-h | --help",
	],
	"refused": ["-jx"],
	"misfits": ["a=b"],
})

test_allow_cargo_as_described if holds({
	# Its subcommand is optional
	"command": "cargo",
	"profiles": ["build"],
	"allowed": [
		"-V -v -q --offline --locked --frozen",
		"--version --verbose --quiet",
	],
	"same": ["-V | --version", "-q | --quiet"],
	"often": {"-v": 2, "--verbose": 2},
})

test_allow_cargo_build_as_described if holds({
	"command": "cargo build",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -q --release --workspace --all-targets --all-features --no-default-features --lib --bins --tests --locked",
			"--offline --frozen --features x -p main -j 7 --message-format main",
		]),
		"--verbose --quiet --all --package main --jobs 7",
	],
	"same": ["-q | --quiet", "--workspace | --all", "-j 7 | --jobs 7"],
	"refused": ["-p %", "-j x", "--message-format %"],
	"counts": ["x"],
	"often": {"-v": 2, "--features x": 20, "-p main": 20, "--verbose": 2, "--package main": 20},
})

test_allow_cargo_check_as_described if holds({
	"command": "cargo check",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -q --release --workspace --all-targets --all-features --no-default-features --lib --bins --tests --locked",
			"--offline --frozen --features x -p main -j 7 --message-format main",
		]),
		"--verbose --quiet --all --package main --jobs 7",
	],
	"same": ["-q | --quiet", "--workspace | --all", "-j 7 | --jobs 7"],
	"refused": ["-p %", "-j x", "--message-format %"],
	"counts": ["x"],
	"often": {"-v": 2, "--features x": 20, "-p main": 20, "--verbose": 2, "--package main": 20},
})

test_allow_cargo_test_as_described if holds({
	"command": "cargo test",
	"profiles": ["build"],
	"allowed": [
		concat(" ", [
			"-v -q --release --workspace --all-targets --all-features --no-default-features --lib --bins --tests --locked",
			"--offline --frozen --features x -p main -j 7 --message-format main --no-run --no-fail-fast --doc x",
		]),
		"--verbose --quiet --all --package main --jobs 7 x",
	],
	"same": ["-q | --quiet", "--workspace | --all", "-j 7 | --jobs 7"],
	"refused": ["-p %", "-j x", "--message-format %"],
	"often": {"-v": 2, "--features x": 20, "-p main": 20, "--verbose": 2, "--package main": 20},
})

test_allow_cargo_tree_as_described if holds({
	"command": "cargo tree",
	"profiles": ["build"],
	"allowed": [
		"-d -i main --depth main --locked --offline",
		"--duplicates --invert main",
	],
	"same": ["-d | --duplicates", "-i main | --invert main"],
	"refused": ["-i %", "--depth %"],
	"counts": ["x"],
})
