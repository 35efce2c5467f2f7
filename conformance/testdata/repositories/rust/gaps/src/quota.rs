//! Limits of a small service.

pub const EXAMPLE: &str = r#"
// @requirement LIM-90
"#;

/// `within`, as the rules have it.
///
/// @requirement LIM-1
pub fn within(used: u32, limit: u32) -> bool {
    used <= limit
}

/// `remaining`, as the rules have it.
#[must_use]
pub fn remaining(used: u32, limit: u32) -> u32 {
    limit.saturating_sub(used)
}

/// `share`, as the rules have it.
pub fn share(used: u32, limit: u32) -> u32 {
    used * 100 / limit
}

/// `blocked`, as the rules have it.
///
/// @requirement LIM-4
#[must_use]
pub fn blocked(failures: u32) -> bool {
    failures >= 3
}

/// `minutes`, as the rules have it.
///
/// @requirement LIM-5
pub fn minutes(seconds: u32) -> u32 {
    seconds / 60
}

/// `refused`, as the rules have it.
///
/// @requirement LIM-6
#[must_use]
pub fn refused(used: u32, limit: u32) -> bool {
    if used > limit {
        return true;
    }
    false
}

/// `penalty`, as the rules have it.
///
/// @requirement LIM-7
pub fn penalty(failures: u32) -> u32 {
    failures * 2
}

/// `allowed`, as the rules have it.
///
/// @requirement LIM-8
#[must_use]
pub fn allowed(size: u32) -> bool {
    (1..=10).contains(&size)
}

// @requirement LIM-80
pub fn spare() {}

#[cfg(test)]
mod tests {
    use super::*;

    // @requirement LIM-1
    #[test]
    fn within_holds() {
        assert!(within(2, 2) && !within(3, 2));
    }

    #[test]
    fn remaining_holds() {
        assert!(remaining(1, 3) == 2 && remaining(3, 1) == 0);
    }

    // @requirement LIM-3
    #[test]
    fn share_holds() {
        assert!(share(1, 2) == 50);
    }

    // @requirement LIM-4
    #[test]
    fn blocked_holds() {
        assert!(blocked(3) && !blocked(2));
    }
}

// @requirement LIM-3
