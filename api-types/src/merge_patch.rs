//! Fields of a JSON merge patch (RFC 7396): absent ones stay, `null` clears what may be absent, any other value is set.

use serde::{Deserialize, Deserializer};

/// A field that may be cleared: tells `null` from a field that is absent.
#[expect(clippy::option_option, reason = "absent, cleared and set are three different wishes")]
pub fn clearable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// A field that an object always has: it may be absent from a change, and is refused as `null`.
pub fn always<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
