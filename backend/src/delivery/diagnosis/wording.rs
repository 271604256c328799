//! The pieces that all diagnoses share: the history of a webhook, a constructor, and quoting.

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode, RetryHelps};

/// The webhook's past, as far as explaining an attempt needs it. Times are unix milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    /// The time of the attempt's end.
    pub now: i64,
    /// The last successful attempt under the present URL.
    pub last_success_at: Option<i64>,
    /// The last rotation of the signing secret.
    pub secret_rotated_at: Option<i64>,
}

/// A diagnosis whose advice on retrying follows from its category.
pub(super) fn of(
    code: DiagnosisCode,
    category: Category,
    summary: String,
    advice: impl Into<String>,
) -> Diagnosis {
    let retry_helps = match category {
        Category::Configuration => RetryHelps::AfterFix,
        Category::Outage | Category::Throttling => RetryHelps::Later,
        Category::Ours => RetryHelps::Now,
    };
    Diagnosis { code, category, summary, advice: advice.into(), retry_helps, wait_until: None }
}

/// A text of the receiver's choosing, in quotes, on one line and cut to a sentence's measure.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 160;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let cut: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if cut.len() < line.len() {
        format!("\u{201c}{cut}…\u{201d}")
    } else {
        format!("\u{201c}{cut}\u{201d}")
    }
}
