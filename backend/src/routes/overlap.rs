//! The overlap of a rotation: for how long the secrets that a new one replaces keep working, and how many may work at once.

use api_types::{
    Timestamp,
    oauth_apps::{MAX_LIVE_SECRETS, Overlap, RotateSecret},
};

use crate::http::{
    fields::Fields,
    problem::{Answer, Failure},
};

/// Reads the overlap that a rotation asks for.
pub fn read(input: &RotateSecret) -> Answer<Overlap> {
    let known: Vec<&str> = Overlap::ALL.iter().map(|overlap| overlap.as_str()).collect();
    let mut fields = Fields::new();
    let overlap = fields.word("overlap", &input.overlap, &known);
    fields.check(overlap.unwrap_or(Overlap::None))
}

/// The instant at which the old secrets stop working, where the new one is made at `now`.
pub fn old_secrets_end(overlap: Overlap, now: Timestamp) -> Timestamp {
    now + overlap.as_millis()
}

/// Refuses one more secret beside those that work and end at `ends` (`None`: not by themselves) where these are as many as may
/// work at once. Without an overlap there is always room: the others end.
pub fn check_room(overlap: Overlap, ends: impl ExactSizeIterator<Item = Option<Timestamp>>) -> Answer<()> {
    let live = ends.len();
    if overlap == Overlap::None || live < MAX_LIVE_SECRETS {
        return Ok(());
    }
    let next = ends.flatten().min();
    let next = next.map_or_else(String::new, |at| format!(" The next one ends at {at}."));
    Err(Failure::conflict(format!(
        "{live} secrets work already, and no more than {MAX_LIVE_SECRETS} may.{next} Drop an old one first, or rotate with the \
         overlap \"none\", which ends all of them."
    )))
}

/// Refuses to drop the secret at the first place of a webhook's or an app's, which is the current one.
pub fn check_not_current(place: usize) -> Answer<()> {
    if place > 0 {
        return Ok(());
    }
    Err(Failure::conflict("This is the current secret: rotate it instead."))
}
