//! What a receiver did with the messages of a check, put into words. Pure code.

use api_types::receiver_checks::{
    CheckFinding, CheckMessage, CheckStep, CheckVerdict as Verdict, CheckedProperty as Property,
};

/// The longest that a good receiver takes to begin its answer, in milliseconds.
const IN_TIME: f64 = 1_000.0;

/// A finding for each property; `rotating` is set where an older secret still signs.
pub fn findings(steps: &[CheckStep], rotating: bool) -> Vec<CheckFinding> {
    let step = |message| steps.iter().find(|step| step.message == message);
    let forged = step(CheckMessage::Forged);
    vec![
        verifies(step(CheckMessage::Valid)),
        refuses(
            Property::RejectsForgeries,
            forged,
            "a message under a wrong signature",
            "Verify the signature before anything else, act upon the result, and answer 401 where it does not fit.",
        ),
        refuses(
            Property::RejectsReplays,
            step(CheckMessage::Stale),
            "a message that was signed ten minutes ago",
            "Refuse a webhook-timestamp that is more than five minutes away from the receiver's clock, and answer 401.",
        ),
        takes_repeats(step(CheckMessage::Repeated)),
        answers_in_time(steps),
        rotation_ready(step(CheckMessage::NewSecret), rotating, forged.is_some_and(|forged| forged.accepted)),
    ]
}

fn finding(property: Property, verdict: Verdict, summary: impl Into<String>) -> CheckFinding {
    CheckFinding { property, verdict, summary: summary.into(), advice: None }
}

fn advised(finding: CheckFinding, advice: impl Into<String>) -> CheckFinding {
    CheckFinding { advice: Some(advice.into()), ..finding }
}

fn unknown(property: Property) -> CheckFinding {
    finding(
        property,
        Verdict::Unknown,
        "Not tried: the check ended before, since the receiver did not do as it should.",
    )
}

fn verifies(valid: Option<&CheckStep>) -> CheckFinding {
    const PROPERTY: Property = Property::Verifies;
    let Some(valid) = valid else { return unknown(PROPERTY) };
    if valid.accepted {
        return finding(PROPERTY, Verdict::Passed, "It took a message that is signed as it should be.");
    }
    let (summary, advice) = valid.attempt.diagnosis.as_ref().map_or_else(
        || ("It did not take a message that is signed as it should be.".to_owned(), String::new()),
        |diagnosis| (diagnosis.summary.clone(), diagnosis.advice.clone()),
    );
    advised(finding(PROPERTY, Verdict::Failed, summary), advice)
}

/// A message that is to be refused: any 4xx does that.
fn refuses(property: Property, step: Option<&CheckStep>, what: &str, advice: &'static str) -> CheckFinding {
    let Some(step) = step else { return unknown(property) };
    let Some(status) = step.attempt.response.as_ref().map(|response| response.status) else {
        let summary =
            format!("It did not answer {what}. That reads as an outage, and the message is sent again.");
        return advised(finding(property, Verdict::Warning, summary), advice);
    };
    match status {
        200..=299 => {
            let summary = format!("It took {what} (status {status}): anybody could send it such messages.");
            advised(finding(property, Verdict::Failed, summary), advice)
        }
        400..=499 => finding(property, Verdict::Passed, format!("It refused {what} (status {status}).")),
        _ => {
            let summary =
                format!("It did not take {what}, but answered {status}, which does not read as a refusal.");
            advised(finding(property, Verdict::Warning, summary), "Answer 401 instead.")
        }
    }
}

fn takes_repeats(step: Option<&CheckStep>) -> CheckFinding {
    const PROPERTY: Property = Property::TakesRepeats;
    let Some(step) = step else { return unknown(PROPERTY) };
    if step.accepted {
        return finding(PROPERTY, Verdict::Passed, "It took a message that came a second time.");
    }
    let status = step.attempt.response.as_ref().map(|response| response.status);
    let how = status.map_or_else(|| "did not answer".to_owned(), |status| format!("answered {status}"));
    advised(
        finding(PROPERTY, Verdict::Failed, format!("It {how} when the same message came a second time.")),
        "The same event may arrive twice. Skip a webhook-id that was seen before, and answer 2xx all the same.",
    )
}

fn answers_in_time(steps: &[CheckStep]) -> CheckFinding {
    const PROPERTY: Property = Property::AnswersInTime;
    let taken = steps.iter().filter(|step| step.accepted);
    let slowest = taken.filter_map(|step| step.attempt.timings.first_byte_ms).reduce(f64::max);
    match slowest {
        None => unknown(PROPERTY),
        Some(ms) if ms <= IN_TIME => {
            finding(PROPERTY, Verdict::Passed, format!("It answered within {} ms.", ms.ceil()))
        }
        Some(ms) => advised(
            finding(PROPERTY, Verdict::Failed, format!("It took {:.1} s to answer.", ms / 1_000.0)),
            "Answer as soon as the event is stored, and do the work afterwards: after 15 seconds an attempt has failed.",
        ),
    }
}

fn rotation_ready(step: Option<&CheckStep>, rotating: bool, takes_anything: bool) -> CheckFinding {
    const PROPERTY: Property = Property::RotationReady;
    if !rotating {
        let summary =
            "Not tried: the secret is not being rotated. Check again while an old and a new one both sign.";
        return finding(PROPERTY, Verdict::Unknown, summary);
    }
    let Some(step) = step else { return unknown(PROPERTY) };
    if takes_anything {
        return finding(
            PROPERTY,
            Verdict::Unknown,
            "It takes any signature, so it cannot be told whether it knows the new one.",
        );
    }
    if step.accepted {
        let summary = "It took a message that only the new secret signed: the old one can be dropped.";
        return finding(PROPERTY, Verdict::Passed, summary);
    }
    advised(
        finding(PROPERTY, Verdict::Failed, "It did not take a message that only the new secret signed."),
        "Give the receiver the new secret before the old one ends: from then on it would refuse every message.",
    )
}
