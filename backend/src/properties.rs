//! Properties of what reads strangers' input: each holds for a fixed number of random cases, drawn from a seed that is printed.

use std::fmt::Debug;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

/// The number of cases that each property is tried with.
pub const CASES: u32 = 512;
/// The seed that is used unless the environment names another.
const SEED: u64 = 20_261_127;

/// Tries a property, which fails by panicking, with cases of this strategy. The smallest case that fails is shown.
#[track_caller]
pub fn hold<S: Strategy>(strategy: &S, property: impl Fn(S::Value)) {
    hold_for(CASES, strategy, property);
}

/// Tries a property with so many cases.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a developer repeats a run by naming its seed")]
pub fn hold_for<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value)) {
    let seed = std::env::var("SAYLESS_PROPERTY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    println!("{cases} cases from SAYLESS_PROPERTY_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::to_le_bytes(seed));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let tried = TestRunner::new_with_rng(config, rng).run(strategy, |value| {
        property(value);
        Ok::<(), TestCaseError>(())
    });
    match tried {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => panic!("{why} for {}, seed {seed}", shown(&case)),
        Err(TestError::Abort(why)) => panic!("{why}, seed {seed}"),
    }
}

fn shown(case: &impl Debug) -> String {
    format!("{case:?}")
}
