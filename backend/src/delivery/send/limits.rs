//! The bounds of one exchange with a receiver.

use std::time::Duration;

/// The longest durations, and the size that is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The whole exchange, the answer's body included.
    pub total: Duration,
    /// Resolving, and connecting, each.
    pub connect: Duration,
    /// The bytes of the answer's body that are kept. Reading stops there.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: Duration::from_secs(15), connect: Duration::from_secs(5), body: 16 * 1024 }
    }
}

/// A duration as the wire has it: milliseconds, to the microsecond.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
