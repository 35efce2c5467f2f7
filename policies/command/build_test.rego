package command_test

import data.command

# The profile of building: more programs, held to the project's own code.
built(line) := {violation.rule | some violation in command.violations with input as object.union(request(words(line)), {"action": {"profile": "build"}})}

each_built(lines) if {
	every line in lines {
		built(line) == set()
	}
}

each_not_built(rules, lines) if {
	every line in lines {
		built(line) == rules
	}
}

test_allow_everyday_building if each_built([
	"npm run build",
	"npm test",
	"npm ci",
	"npm ls --depth=0",
	"npm run test -- --watch",
	"npm --version",
	"node --version",
	"node scripts/x.js --flag",
	"node --test",
	"node --test test/a.test.js",
	"tsc --noEmit",
	"tsc -p tsconfig.json",
	"tsc --noEmit -p .",
	"go build ./...",
	"go test ./... -run Foo -v",
	"go test -run=Foo -count=1 ./pkg",
	"go vet ./...",
	"go list -m all",
	"go env GOPATH",
	"go version",
	"go mod graph",
	"go doc fmt.Println",
	"make",
	"make test",
	"make -j4 all",
	"make -n build",
	"cargo build --release",
	"cargo test foo",
	"cargo check",
	"cargo test -- --nocapture",
	"cargo --version",
	"git log",
	"ls -la",
])

test_deny_building_positional_count if each_not_built({"command/positional_count"}, [
	"node",
	"npm audit fix",
])

test_deny_building_positional_value if each_not_built({"command/positional_value"}, [
	"node -",
	"node /etc/x.js",
	"tsc @args",
	"tsc ../../../x.ts",
	"make SHELL=/tmp/x",
])

test_deny_building_unknown_option if each_not_built({"command/unknown_option"}, [
	"node -e 1",
	"node -p 1",
	"node -r ./x y.js",
	"node --require ./x y.js",
	"node --import ./x y.js",
	"node --loader x y.js",
	"node --inspect y.js",
	"node --env-file=/etc/passwd y.js",
	"node --run build",
	"npm run build --script-shell=/tmp/x",
	"npm run a --node-options=--import=x",
	"tsc --watch",
	"tsc --init",
	"go test -exec id ./...",
	"go test -exec=id ./...",
	"go test -toolexec id",
	"go build -toolexec=id ./...",
	"go build -ldflags=-x",
	"go vet -vettool=x",
	"go test ./... -args -x",
	"go build -overlay=x",
	"go build -modfile=x",
	"make -f x",
	"make --file=x",
	"make --eval=x",
	"make -E x",
	"make --file x",
	"make -fx",
	"make -nf x",
	"cargo build --manifest-path=x",
])

test_deny_building_positional_count_and_unknown_option if each_not_built({"command/positional_count", "command/unknown_option"}, [
	"node --eval=1",
	"node --experimental-default-type=module",
	"cargo build --target-dir /tmp",
])

test_deny_building_unknown_subcommand if each_not_built({"command/unknown_subcommand"}, [
	"npm exec foo",
	"npm x foo",
	"npm install foo",
	"npm i",
	"npm publish",
	"npm config set a b",
	"go run x.go",
	"go get x",
	"go install x",
	"go generate",
	"go tool x",
	"cargo run",
	"cargo install x",
	"cargo +nightly build",
	"cargo fix",
	"git commit -m x",
])

test_deny_building_unknown_option_and_unknown_subcommand if each_not_built({"command/unknown_option", "command/unknown_subcommand"}, [
	"npm --prefix /x run y",
	"go -exec x",
	"cargo -C /tmp build",
	"cargo --config x build",
	"cargo -Z x build",
	"git -c x log",
])

test_deny_building_not_allowed if each_not_built({"command/not_allowed"}, [
	"npx foo",
	"sh -c id",
])

test_deny_building_positional_value_and_unknown_option if each_not_built({"command/positional_value", "command/unknown_option"}, [
	"tsc --outDir /tmp",
	"tsc --outFile x",
	"go build -o /tmp/x",
	"go env -w GOFLAGS=-exec=x",
	"go build -C /tmp",
	"make -C /tmp",
])

test_deny_building_option_value if each_not_built({"command/option_value"}, [
	"tsc -p /etc",
])
