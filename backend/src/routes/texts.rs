//! Limits on the texts that people write.

/// The longest body of a ticket, comment, note or broadcast, in characters.
pub const MAX_BODY: usize = 20_000;
