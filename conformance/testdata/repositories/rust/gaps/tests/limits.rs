use limits::quota::*;

/// @requirement LIM-5
#[test]
#[ignore = "slow"]
fn minutes_holds() {
    assert!(minutes(120) == 2);
}

/// @requirement LIM-6
#[test]
fn refused_holds() {
    assert!(refused(3, 2) && !refused(2, 2));
}

/// @requirement LIM-7
#[test]
fn penalty_holds() {
    assert!(penalty(3) == 6);
}

/// @requirement LIM-8
#[test]
fn allowed_holds() {
    assert!(allowed(10) && !allowed(11));
}
