//! Changes whose fields can be absent, cleared with `null`, or set.

use serde::{Deserialize, Deserializer};

/// Tells `null` from a field that is absent.
#[expect(clippy::option_option, reason = "absent, cleared and set are three different wishes")]
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
