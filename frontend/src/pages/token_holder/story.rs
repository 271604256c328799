//! An incident in plain words: what happened, and what it looks like.

use api_types::incidents::{Incident, IncidentKind, LikelyCause};

/// The event in a sentence without a full stop.
pub const fn what(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::RefreshTokenReused => "A refresh token was used again after its successor",
        IncidentKind::CodeReused => "An authorization code was used twice",
    }
}

/// The facts of both uses and their likely cause, in a sentence.
pub fn story(incident: &Incident) -> String {
    let Some(likely) = incident.likely else {
        return "Too little is known of its first use to say why.".to_owned();
    };
    let Some(seconds) = incident.seconds_between else {
        return "It had been replaced more than once by then, so somebody may have a copy.".to_owned();
    };
    let later = distance(seconds.unsigned_abs());
    match (likely, &incident.first_ip, &incident.ip) {
        (LikelyCause::Retry, ..) => {
            format!("It came from the same address {later} later, so the client probably sent it twice.")
        }
        (LikelyCause::Copy, Some(first), Some(second)) if first != second => {
            format!(
                "It came from {second}, {later} after {first} had used it, so somebody probably has a copy."
            )
        }
        (LikelyCause::Copy, Some(_), Some(_)) if seconds <= 60 => format!(
            "It came from the same address {later} later, but with another client secret, so somebody may have a copy."
        ),
        (LikelyCause::Copy, Some(_), Some(_)) => {
            format!("It came from the same address, but only {later} later, so somebody may have a copy.")
        }
        (LikelyCause::Copy, ..) => {
            format!("It came {later} after its first use, so somebody may have a copy.")
        }
    }
}

/// A number of seconds in the largest unit that fits.
fn distance(seconds: u64) -> String {
    match seconds {
        0 => "less than 1 s".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use api_types::{Timestamp, account::MemberRef, ids};

    use super::*;

    fn incident(likely: Option<LikelyCause>, first_ip: Option<&str>, seconds: Option<i64>) -> Incident {
        let at = Timestamp::from_millis(0);
        Incident {
            id: ids::TokenFamilyId::from_parts(0, 0),
            kind: IncidentKind::RefreshTokenReused,
            likely,
            occurred_at: at,
            ip: Some("203.0.113.9".to_owned()),
            first_used_at: seconds.map(|_| at),
            first_ip: first_ip.map(str::to_owned),
            seconds_between: seconds,
            member: MemberRef { id: ids::MemberId::from_parts(0, 0), email: "ada@example.com".to_owned() },
            acknowledged_at: None,
            acknowledged_by: None,
            note: None,
        }
    }

    #[test]
    fn an_incident_is_told_with_its_facts() {
        let (here, there) = (Some("203.0.113.9"), Some("198.51.100.4"));
        let (retry, copy) = (Some(LikelyCause::Retry), Some(LikelyCause::Copy));
        for (likely, first_ip, seconds, told) in [
            (
                retry,
                here,
                Some(3),
                "It came from the same address 3 s later, so the client probably sent it twice.",
            ),
            (
                retry,
                here,
                Some(0),
                "It came from the same address less than 1 s later, so the client probably sent it twice.",
            ),
            (
                copy,
                there,
                Some(125),
                "It came from 203.0.113.9, 2 min after 198.51.100.4 had used it, so somebody probably has a copy.",
            ),
            (
                copy,
                here,
                Some(7_200),
                "It came from the same address, but only 2 h later, so somebody may have a copy.",
            ),
            (
                copy,
                here,
                Some(3),
                "It came from the same address 3 s later, but with another client secret, so somebody may have a copy.",
            ),
            (copy, None, Some(200_000), "It came 2 days after its first use, so somebody may have a copy."),
            (copy, None, None, "It had been replaced more than once by then, so somebody may have a copy."),
            (None, None, Some(3), "Too little is known of its first use to say why."),
        ] {
            assert_eq!(story(&incident(likely, first_ip, seconds)), told);
        }
    }
}
