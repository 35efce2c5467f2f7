# The validator's commands under the names that work packets use; each is the npm script of that name.

# No requirement is worse than in the baseline, and the current spec's anchors resolve.
validator-spec-regression:
    npm run -s validator-spec-regression

# Forbidden patterns in what a work packet is about.
validator-scan WP:
    npm run -s validator-scan -- "{{WP}}"

# The same over the whole tree, with placeholders, secrets and oversized files.
validator-hygiene-full:
    npm run -s validator-hygiene-full
