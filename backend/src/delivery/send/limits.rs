//! The bounds of one exchange with a receiver.

use std::{io, time::Duration};

use rustix::io::Errno;

/// The longest durations, and the amounts that are kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The whole exchange, the answer's body included.
    pub total: Duration,
    /// Resolving, and connecting, each.
    pub connect: Duration,
    /// Reading the answer's body, after its head: the head alone says how the attempt ended.
    pub grace: Duration,
    /// The bytes of the answer's body that are kept. Reading stops there.
    pub body: usize,
    /// The most connections that are kept open between exchanges.
    pub idle: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(15),
            connect: Duration::from_secs(5),
            grace: Duration::from_secs(2),
            body: 16 * 1024,
            idle: 1_024,
        }
    }
}

/// `true` for an error that says that this machine has nothing left to open a connection with. Such errors say nothing of
/// who was to be reached.
pub(super) fn is_exhaustion(error: &io::Error) -> bool {
    const OURS: [Errno; 6] =
        [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM, Errno::ADDRNOTAVAIL, Errno::AGAIN];
    Errno::from_io_error(error).is_some_and(|code| OURS.contains(&code))
}

/// A duration as the wire has it: milliseconds, to the microsecond.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
