#!/usr/bin/env bash
# Writes what the image holds under /app into a folder: the package as it is published, with what it needs to run and nothing
# that builds or tests it. Run in a checkout after `npm ci`.
#   bash scripts/image-tree.sh FOLDER
set -euo pipefail
target=${1:?usage: image-tree.sh FOLDER}
[ ! -e "$target" ] || [ -z "$(ls -A "$target")" ] || { echo "$target is not empty" >&2; exit 1; }
cd "$(dirname "$0")/.."
mkdir -p "$target"
target=$(cd "$target" && pwd)
npm run -s build
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
npm pack --silent --ignore-scripts --pack-destination "$packed" >/dev/null
tar -xzf "$packed"/*.tgz -C "$target" --strip-components=1
# The lockfile says exactly which versions; scripts of dependencies stay off.
cp package-lock.json "$target/"
mkdir -p "$target/tools" && cp -r tools/node "$target/tools/"
(cd "$target" && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --silent)
rm -rf "$target/tools" "$target/node_modules/@lockkeeper" "$target/node_modules/.package-lock.json"
# The root file system is read-only: what the rules compile to must be there, the unpacked compiler need not be.
(cd "$target" && node bin/lockkeeper.js policy build --policies policies >/dev/null)
rm -f "$target"/.lockkeeper/cache/toolchain-*.wasm
chmod -R a+rX,go-w "$target"
