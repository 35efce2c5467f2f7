#!/bin/sh
# A hook for git: checks what a commit can break in seconds. Link it: ln -s ../../scripts/pre-commit.sh .git/hooks/pre-commit
# It looks at the working tree, so stage what you mean to commit. LOCKKEEPER says how to start lockkeeper, where it is not
# in this repository and not installed in it.
set -eu
cd "$(git rev-parse --show-toplevel)"
[ -e lockkeeper.yaml ] || exit 0

lockkeeper() {
  if [ -n "${LOCKKEEPER:-}" ]; then $LOCKKEEPER "$@"
  elif [ -e bin/lockkeeper.js ]; then node bin/lockkeeper.js "$@"
  else npx --no-install lockkeeper "$@"; fi
}

folder() { sed -n "s/^$1:[[:space:]]*\([^[:space:]#]*\).*/\1/p" lockkeeper.yaml; }
changed() { [ -n "$1" ] && ! git diff --cached --quiet -- "$1"; }

policies=$(folder policies)
specs=$(folder specs)
if changed "$policies"; then
  lockkeeper policy check
  lockkeeper policy fmt --check
  lockkeeper policy test
fi
if changed "$specs" || changed lockkeeper.yaml; then
  if git rev-parse --verify --quiet HEAD >/dev/null; then lockkeeper regress --spec-only --against HEAD; fi
  if [ -e "$specs/baseline.json" ]; then lockkeeper regress --spec-only; fi
fi
