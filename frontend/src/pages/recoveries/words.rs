//! Recoveries in words: what one would do, how far it is, and how long it still takes.

use api_types::recoveries::{Recovery, RecoveryMatches, RecoveryOutcome, RecoveryStatus};

use crate::amounts::{delivery_noun, number};

/// The effect that a counted recovery would have, as sentences.
pub fn would_recover(counted: &Recovery) -> String {
    effect(counted.matched.unwrap_or_default(), counted.passed_over)
}

fn effect(matched: RecoveryMatches, passed_over: u64) -> String {
    let total = matched.total();
    let RecoveryMatches { failed, canceled, retrying, succeeded, missing } = matched;
    if total == 0 {
        return "No delivery matches: there is nothing to recover.".to_owned();
    }
    if passed_over >= total {
        let all = if total == 1 { "The one that matches belongs" } else { "All that match belong" };
        return format!(
            "{all} to a webhook that is disabled or deleted, and would be passed over. Enable the webhook first."
        );
    }
    let restarted = match (failed, canceled) {
        (0, 0) => String::new(),
        (failed, 0) => format!("restart {} failed {}", number(failed), delivery_noun(failed)),
        (0, canceled) => format!("restart {} canceled {}", number(canceled), delivery_noun(canceled)),
        (failed, canceled) => {
            format!("restart {} failed and {} canceled deliveries", number(failed), number(canceled))
        }
    };
    let tried = match retrying {
        0 => String::new(),
        1 if restarted.is_empty() => "try 1 delivery, which is still retrying, once now".to_owned(),
        many if restarted.is_empty() => {
            format!("try {} deliveries, which are still retrying, once now", number(many))
        }
        1 => "try 1 that is still retrying once now".to_owned(),
        many => format!("try {} that are still retrying once now", number(many)),
    };
    let made = match missing {
        0 => String::new(),
        1 => "make 1 delivery that is missing".to_owned(),
        many => format!("make {} deliveries that are missing", number(many)),
    };
    let repeated = match succeeded {
        0 => String::new(),
        1 => "send 1 that was delivered once more".to_owned(),
        many => format!("send {} that were delivered once more", number(many)),
    };
    let parts: Vec<String> =
        [restarted, tried, made, repeated].into_iter().filter(|part| !part.is_empty()).collect();
    let passed = match passed_over {
        0 => String::new(),
        1 => " Of these, 1 belongs to a webhook that is disabled or deleted and is passed over.".to_owned(),
        many => format!(
            " Of these, {} belong to webhooks that are disabled or deleted and are passed over.",
            number(many)
        ),
    };
    format!("This will {}.{passed}", parts.join(", and "))
}

/// The state of a recovery, as a headline.
pub fn headline(recovery: &Recovery) -> String {
    let Recovery { total, started, outcome, .. } = recovery;
    let failed = failed_again(outcome);
    match recovery.status {
        RecoveryStatus::Counted | RecoveryStatus::Running => {
            format!("Recovering {} {}", number(*total), delivery_noun(*total))
        }
        RecoveryStatus::Stopped => {
            format!("Recovery stopped after {} of {}", number(*started), number(*total))
        }
        RecoveryStatus::Canceled => {
            format!("Recovery canceled after {} of {}", number(*started), number(*total))
        }
        RecoveryStatus::Done if on_the_way(outcome) > 0 && failed > 0 => format!(
            "All set going: {} failed again, {} still on the way",
            number(failed),
            number(on_the_way(outcome))
        ),
        RecoveryStatus::Done if on_the_way(outcome) > 0 => {
            format!("All set going; {} still on the way", number(on_the_way(outcome)))
        }
        RecoveryStatus::Done if failed > 0 => {
            format!(
                "Recovery finished: {} delivered, {} failed again",
                number(outcome.succeeded),
                number(failed)
            )
        }
        RecoveryStatus::Done => {
            format!(
                "Recovery finished: {} {} delivered",
                number(outcome.succeeded),
                delivery_noun(outcome.succeeded)
            )
        }
    }
}

/// The number of deliveries whose attempt, or its result, is still to come.
pub const fn on_the_way(outcome: &RecoveryOutcome) -> u64 {
    outcome.waiting.saturating_sub(outcome.failed_again)
}

/// The number of deliveries that did not arrive this time either, for now or for good.
pub const fn failed_again(outcome: &RecoveryOutcome) -> u64 {
    outcome.failed + outcome.failed_again
}

/// The time that a running recovery still takes to set deliveries going, in seconds.
pub fn seconds_left(recovery: &Recovery) -> Option<u32> {
    let left = recovery.total.saturating_sub(recovery.started + recovery.passed_over);
    let running = recovery.status == RecoveryStatus::Running && left > 0;
    running
        .then(|| u32::try_from(left.div_ceil(u64::from(recovery.rate_per_second.max(1)))).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_recovery_would_do_is_said_in_words() {
        let count = |failed, canceled, retrying, passed_over| {
            effect(RecoveryMatches { failed, canceled, retrying, ..RecoveryMatches::default() }, passed_over)
        };
        let others = RecoveryMatches { succeeded: 2, missing: 1, ..RecoveryMatches::default() };
        assert_eq!(
            effect(others, 0),
            "This will make 1 delivery that is missing, and send 2 that were delivered once more."
        );
        assert_eq!(
            count(280, 20, 12, 4),
            "This will restart 280 failed and 20 canceled deliveries, and try 12 that are still retrying once now. \
             Of these, 4 belong to webhooks that are disabled or deleted and are passed over."
        );
        assert_eq!(count(1, 0, 0, 0), "This will restart 1 failed delivery.");
        assert_eq!(count(0, 0, 1, 0), "This will try 1 delivery, which is still retrying, once now.");
        assert!(count(0, 0, 0, 0).contains("nothing to recover"));
        assert!(count(0, 3, 0, 3).contains("Enable the webhook first"));
    }
}
