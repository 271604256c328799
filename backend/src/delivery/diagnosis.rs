//! What a failed attempt tells the owner of its webhook: what happened, whose problem it is, and what to do. Pure, and
//! exhaustive over everything `send` can report.

mod answers;
mod connections;

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode, RetryHelps};

use super::send::exchange::Outcome;

/// What is known of the webhook when an attempt is explained. Times are unix milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    pub now: i64,
    /// The last successful attempt under the present URL.
    pub last_success_at: Option<i64>,
    /// When the signing secret was last rotated.
    pub secret_rotated_at: Option<i64>,
}

/// Explains an outcome; none for a success.
pub fn diagnose(outcome: &Outcome, history: &History) -> Option<Diagnosis> {
    match outcome {
        Outcome::Answer(answer) => answers::diagnose(answer, history),
        Outcome::Failure(failure) => Some(connections::diagnose(failure, history)),
    }
}

/// The diagnosis of an attempt that our own process did not finish.
pub fn interrupted() -> Diagnosis {
    of(
        DiagnosisCode::Interrupted,
        Category::Ours,
        "Sayless stopped in the middle of this attempt, so its result is not known.".to_owned(),
        "Nothing is wrong with the receiver. The event is sent again by itself; it may arrive twice, with the same webhook-id.",
    )
}

/// A diagnosis whose advice on retrying follows from its category.
fn of(code: DiagnosisCode, category: Category, summary: String, advice: impl Into<String>) -> Diagnosis {
    let retry_helps = match category {
        Category::Configuration => RetryHelps::AfterFix,
        Category::Outage | Category::Throttling => RetryHelps::Later,
        Category::Ours => RetryHelps::Now,
    };
    Diagnosis { code, category, summary, advice: advice.into(), retry_helps }
}

/// A text of the receiver's choosing, in quotes, on one line and cut to a sentence's measure.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 160;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let cut: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if cut.len() < line.len() {
        format!("\u{201c}{cut}…\u{201d}")
    } else {
        format!("\u{201c}{cut}\u{201d}")
    }
}
