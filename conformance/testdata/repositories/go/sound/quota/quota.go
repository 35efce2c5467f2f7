// Package limits tells what a small service lets through.
package limits

const example = `
// @requirement LIM-90
`

// Within is as the rules have it.
//
// @requirement LIM-1
func Within(used, limit int) bool {
	return used <= limit
}

// Remaining is as the rules have it.
/* @requirement LIM-2 */
func Remaining(used, limit int) int {
	return max(0, limit-used)
}

// Share is as the rules have it.
//
// @requirement LIM-3
func Share(used, limit int) int {
	return used * 100 / limit
}

// Blocked is as the rules have it.
/* @requirement LIM-4 */
func Blocked(failures int) bool {
	return failures >= 3
}

// Minutes is as the rules have it.
//
// @requirement LIM-5
func Minutes(seconds int) int {
	return seconds / 60
}

// Refused is as the rules have it.
/* @requirement LIM-6 */
func Refused(used, limit int) bool {
	if used > limit {
		return true
	}
	return false
}

// Penalty is as the rules have it.
//
// @requirement LIM-7
func Penalty(failures int) int {
	return failures * 2
}

// Allowed is as the rules have it.
/* @requirement LIM-8 */
func Allowed(size int) bool {
	return 1 <= size && size <= 10
}
