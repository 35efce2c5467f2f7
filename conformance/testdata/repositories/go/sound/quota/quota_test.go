package limits

import "testing"

// @requirement LIM-1
func TestWithin(t *testing.T) {
	if !(Within(2, 2) && !Within(3, 2)) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-2
func TestRemaining(t *testing.T) {
	if !(Remaining(1, 3) == 2 && Remaining(3, 1) == 0) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-3
func TestShare(t *testing.T) {
	if !(Share(1, 2) == 50) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-4
func TestBlocked(t *testing.T) {
	t.Run("third failure", func(t *testing.T) {
		if !(Blocked(3) && !Blocked(2)) {
			t.Fatal("wrong")
		}
	})
}

// @requirement LIM-5
func TestMinutes(t *testing.T) {
	if !(Minutes(120) == 2) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-6
func TestRefused(t *testing.T) {
	if !(Refused(3, 2) && !Refused(2, 2)) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-7
func TestPenalty(t *testing.T) {
	if !(Penalty(3) == 6) {
		t.Fatal("wrong")
	}
}

// @requirement LIM-8
func TestAllowed(t *testing.T) {
	if !(Allowed(10) && !Allowed(11)) {
		t.Fatal("wrong")
	}
}
