//! Diagnoses of answers that are not a success: the receiver was reached, and said no.

use api_types::{
    Timestamp,
    deliveries::{Category, Diagnosis, DiagnosisCode as Code},
};
use chrono::DateTime;

use super::{
    redirects,
    wording::{History, of, quoted},
};
use crate::delivery::{retry, send::exchange::Response};

/// A receiver that worked within this many milliseconds and now answers 404 is taken to be in a deployment.
const DEPLOY: i64 = 60 * 60 * 1000;

/// Explains an answer; none for 2xx.
pub fn diagnose(answer: &Response, history: &History) -> Option<Diagnosis> {
    let status = answer.status;
    let diagnosis = match status {
        200..=299 => return None,
        101 => of(
            Code::UnexpectedStatus,
            Category::Configuration,
            "The receiver answered 101 Switching Protocols, though nothing of the kind was asked for: it seems to be a WebSocket \
             server."
                .to_owned(),
            "Point the webhook's URL to a path that takes plain HTTP POST requests, then retry.",
        ),
        300..=399 => redirects::diagnose(answer),
        401 | 403 => unauthorized(answer, history),
        404 | 405 => not_found(answer, history),
        410 => of(
            Code::Gone,
            Category::Configuration,
            "The receiver answered 410 Gone: it asks not to be sent anything any more.".to_owned(),
            "Such an answer disables the webhook. If the receiver is in use again, correct it or the URL and enable the webhook.",
        ),
        400 | 413 | 415 | 422 => of(
            Code::PayloadRejected,
            Category::Configuration,
            format!("The receiver rejected the message with status {status}{}.", said(answer)),
            "Check in the receiver's code or logs why it does not accept this event. A retry sends the same bytes again.",
        ),
        429 => of(
            Code::Throttled,
            Category::Throttling,
            format!("The receiver is throttling: it answered 429{}.", asked(answer, history)),
            "The schedule slows down as the receiver asks. If this goes on, raise the receiver's limit for webhooks.",
        ),
        500..=599 => of(
            Code::ServerError,
            Category::Outage,
            format!("The receiver failed with status {status}{}{}.", asked(answer, history), said(answer)),
            "Look into the receiver's logs. The schedule tries again; retry by hand once the receiver works.",
        ),
        _ => of(
            Code::UnexpectedStatus,
            Category::Configuration,
            format!("The receiver answered with status {status}, which is not a success{}.", said(answer)),
            "The receiver must answer with a status from 200 to 299 once it has taken the event.",
        ),
    };
    let asked = answer.retry_after.map(|after| retry::kept(after.at(history.now), history.now));
    let wait_until = asked.filter(|until| *until > history.now).map(Timestamp::from_millis);
    Some(Diagnosis { wait_until, ..diagnosis })
}

fn unauthorized(answer: &Response, history: &History) -> Diagnosis {
    let rotated = match history.secret_rotated_at.and_then(DateTime::from_timestamp_millis) {
        Some(at) => format!(" It was last rotated on {}.", at.format("%-d %B %Y at %H:%M UTC")),
        None => " It has never been rotated.".to_owned(),
    };
    of(
        Code::Unauthorized,
        Category::Configuration,
        format!("The receiver refused the message with status {}{}.", answer.status, said(answer)),
        format!(
            "Does the receiver verify with the current signing secret?{rotated} Check also that no log-in or firewall guards the URL."
        ),
    )
}

fn not_found(answer: &Response, history: &History) -> Diagnosis {
    let status = answer.status;
    let what = if status == 405 { "does not take POST requests" } else { "knows no such path" };
    if history.last_success_at.is_some_and(|at| history.now - at <= DEPLOY) {
        return of(
            Code::NotFound,
            Category::Outage,
            format!("The receiver {what} (status {status}), though it took an event within the last hour."),
            "It may be in the middle of a deployment. The schedule tries again; if it stays so, check the URL's path.",
        );
    }
    of(
        Code::NotFound,
        Category::Configuration,
        format!("The receiver {what} (status {status}, method POST)."),
        "Check the path of the webhook's URL against the receiver's routes, then retry.",
    )
}

/// The first line of the receiver's body, as the end of a sentence.
fn said(answer: &Response) -> String {
    if answer.body.trim().is_empty() { String::new() } else { format!(", saying {}", quoted(&answer.body)) }
}

/// The pause that the receiver asks for, as the end of a sentence.
fn asked(answer: &Response, history: &History) -> String {
    let Some(retry_after) = answer.retry_after else { return String::new() };
    let seconds = (retry_after.at(history.now).saturating_sub(history.now) / 1000).max(0);
    match seconds {
        0 => " and asks for no pause".to_owned(),
        1..=119 => format!(" and asks us to wait {seconds} s"),
        120..=7199 => format!(" and asks us to wait {} min", seconds / 60),
        7200..=86_400 => format!(" and asks us to wait {} h", seconds / 3600),
        _ => " and asks us to wait for more than a day, of which a day is kept".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use api_types::deliveries::RetryHelps;

    use super::*;
    use crate::delivery::send::exchange::RetryAfter;

    const NOW: i64 = 1_795_000_000_000;

    fn answer(status: u16) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: String::new(),
            truncated: false,
            retry_after: None,
            location: None,
            body_fault: None,
        }
    }

    fn explained(answer: &Response) -> Diagnosis {
        diagnose(answer, &History { now: NOW, ..History::default() }).unwrap()
    }

    #[test]
    fn every_status_has_its_code_and_category() {
        for (statuses, code, category) in [
            (&[301, 302, 303, 307, 308][..], Code::Redirected, Category::Configuration),
            (&[401, 403], Code::Unauthorized, Category::Configuration),
            (&[404, 405], Code::NotFound, Category::Configuration),
            (&[410], Code::Gone, Category::Configuration),
            (&[400, 413, 415, 422], Code::PayloadRejected, Category::Configuration),
            (&[429], Code::Throttled, Category::Throttling),
            (&[500, 502, 503, 504, 599], Code::ServerError, Category::Outage),
            (&[101, 304, 402, 406, 408, 418, 451, 600, 999], Code::UnexpectedStatus, Category::Configuration),
        ] {
            for &status in statuses {
                let diagnosis = explained(&answer(status));
                assert_eq!((diagnosis.code, diagnosis.category), (code, category), "{status}");
                assert!(diagnosis.summary.ends_with('.') && diagnosis.advice.ends_with('.'), "{diagnosis:?}");
            }
        }
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(diagnose(&answer(status), &History::default()), None);
        }
    }

    #[test]
    fn the_facts_are_in_the_sentence() {
        let rejected = Response { body: "\n  missing field `id`\nmore".to_owned(), ..answer(422) };
        assert_eq!(
            explained(&rejected).summary,
            "The receiver rejected the message with status 422, saying “missing field `id`”."
        );
        let throttled = Response { retry_after: Some(RetryAfter::Seconds(600)), ..answer(429) };
        assert_eq!(
            explained(&throttled).summary,
            "The receiver is throttling: it answered 429 and asks us to wait 10 min."
        );
        let broken = Response {
            retry_after: Some(RetryAfter::At(NOW + 30_000)),
            body: "oops".to_owned(),
            ..answer(503)
        };
        let diagnosis = explained(&broken);
        assert_eq!(
            diagnosis.summary,
            "The receiver failed with status 503 and asks us to wait 30 s, saying “oops”."
        );
        assert_eq!(diagnosis.retry_helps, RetryHelps::Later);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_told_as_far_as_it_is_kept() {
        const DAY: i64 = 86_400_000;
        let asks = |after| explained(&Response { retry_after: Some(after), ..answer(503) });
        for (after, until) in [
            (RetryAfter::Seconds(600), Some(NOW + 600_000)),
            (RetryAfter::Seconds(0), None),
            (RetryAfter::At(NOW - 1), None),
            (RetryAfter::At(NOW + DAY), Some(NOW + DAY)),
            (RetryAfter::Seconds(u64::MAX), Some(NOW + DAY)),
        ] {
            assert_eq!(asks(after).wait_until.map(Timestamp::as_millis), until, "{after:?}");
        }
        assert!(asks(RetryAfter::Seconds(u64::MAX)).summary.contains("of which a day is kept"));
        assert_eq!(explained(&answer(503)).wait_until, None);
    }

    #[test]
    fn a_switch_of_protocols_is_told_apart() {
        assert!(explained(&answer(101)).summary.contains("WebSocket"));
    }

    #[test]
    fn a_refused_signature_names_the_last_rotation() {
        let rotated = History { now: NOW, secret_rotated_at: Some(1_614_265_330_000), ..History::default() };
        let diagnosis = diagnose(&answer(401), &rotated).unwrap();
        assert!(
            diagnosis.advice.contains("last rotated on 25 February 2021 at 15:02 UTC"),
            "{}",
            diagnosis.advice
        );
        assert!(explained(&answer(403)).advice.contains("never been rotated"));
        assert_eq!(diagnosis.retry_helps, RetryHelps::AfterFix);
    }

    #[test]
    fn not_found_soon_after_a_success_is_a_deployment() {
        let history = |ago| History { now: NOW, last_success_at: Some(NOW - ago), ..History::default() };
        let category = |ago| diagnose(&answer(404), &history(ago)).unwrap().category;
        assert_eq!(category(DEPLOY), Category::Outage);
        assert_eq!(category(DEPLOY + 1), Category::Configuration);
    }

    #[test]
    fn a_hostile_text_is_cut_to_one_clean_line() {
        let hostile = Response { body: format!("\u{1b}]0;x\u{7}<b>{}", "é".repeat(500)), ..answer(500) };
        let summary = explained(&hostile).summary;
        assert!(summary.chars().count() < 260 && !summary.contains('\u{1b}') && summary.ends_with("…”."));
    }
}
