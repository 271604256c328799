//! The clock of the driver and the receiver, so that their times can be compared.

use std::time::Instant;

/// Counts nanoseconds from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds since the start, never zero.
    pub fn nanos(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1)
    }
}
