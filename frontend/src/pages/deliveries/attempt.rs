//! One attempt: its outcome, the length of each phase, what was sent and what came back.

use api_types::{
    deliveries::{Attempt, AttemptOutcome, Timings, Trigger},
    ids::AttemptId,
    webhooks::TestResult,
};
use leptos::prelude::*;

use crate::{
    pages::deliveries::exchange::{request_view, response_view},
    ui::{
        badge::{self, badge},
        erase::Erase,
        icon::{self, icon},
        time::ago,
    },
};

/// The cause of an attempt, in words.
const fn trigger_word(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Automatic => "Automatic",
        Trigger::Manual => "Retried by hand",
        Trigger::Test => "Test",
        Trigger::Probe => "Probe: is the receiver back?",
    }
}

/// An attempt as one line that opens. `payload` is the body that was sent.
pub fn attempt(attempt: Attempt, newest: Option<AttemptId>, payload: &str) -> AnyView {
    // Open where it was the newest when the page appeared, or is newer than that: what a reader waits for.
    let open = newest.is_none_or(|newest| attempt.id >= newest);
    let answered = attempt.response.as_ref().map(|response| badge_status(response.status));
    let number = attempt.number;
    let total = attempt.timings.total_ms;
    view! {
        <details class="group" open=open>
            <summary class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-3 hover:bg-base-content/2">
                <span class="turn muted inline-flex">{icon(icon::RIGHT)}</span>
                <span class="font-semibold tabular-nums">"Attempt " {number}</span>
                {badge::outcome(attempt.outcome)}
                {answered}
                <span class="muted">{trigger_word(attempt.trigger)}</span>
                <span class="muted ml-auto text-[0.8125rem]">{ago(attempt.started_at)} " · " {milliseconds(total)}</span>
            </summary>
            <div class="px-5 pb-5 pt-1 grid gap-4">{inside(attempt, payload)}</div>
        </details>
    }
    .erase()
}

fn badge_status(status: u16) -> AnyView {
    let title = match status {
        200..=299 => "Accepted by the receiver",
        _ => "The receiver's answer",
    };
    view! { <span class="chip" title=title>"HTTP " {status}</span> }.erase()
}

/// Everything about an attempt.
fn inside(attempt: Attempt, payload: &str) -> AnyView {
    let address = attempt.address.map(|address| {
        view! {
            <p class="muted">
                "Sent to " <span class="mono">{address}</span>
                {attempt.reused_connection.then_some(" over a connection that was open already")} "."
            </p>
        }
    });
    let late = attempt.late_duplicate.then(|| {
        badge("quiet", "Late duplicate: another worker had taken over, so this result changed nothing")
    });
    let answer = match (attempt.response, attempt.outcome) {
        (Some(response), _) => response_view(&response),
        (None, AttemptOutcome::Interrupted) => {
            nothing("Sayless stopped in the middle of this attempt. It counts against nobody.")
        }
        (None, _) => nothing("No answer came back."),
    };
    view! {
        {attempt
            .diagnosis
            .map(|diagnosis| {
                view! {
                    <div class="anywhere">
                        <p class="flex flex-wrap items-center gap-2">
                            {badge::category(diagnosis.category)} <span class="font-[560]">{diagnosis.summary}</span>
                        </p>
                        <p class="muted mt-1">{diagnosis.advice}</p>
                    </div>
                }
            })}
        {late}
        {phases(attempt.timings)}
        {address}
        <div class="grid gap-4 min-w-0">
            {attempt.request.as_ref().map(|request| request_view(request, payload))}
            {answer}
        </div>
    }
    .erase()
}

/// What was sent and what came back, for an attempt that stands by itself.
pub fn exchange_of(attempt: Attempt) -> AnyView {
    inside(attempt, "")
}

fn nothing(text: &'static str) -> AnyView {
    view! { <p class="muted">{text}</p> }.erase()
}

/// A duration with the digits that matter: `0.4 ms`, `12 ms`, `1.2 s`.
fn milliseconds(ms: f64) -> String {
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// The phases as a bar, each as wide as it was long, with its figure below.
fn phases(timings: Timings) -> AnyView {
    let known = [
        ("phase-resolve", "Name look-up", timings.resolve_ms),
        ("phase-connect", "Connect", timings.connect_ms),
        ("phase-tls", "TLS", timings.tls_ms),
        ("phase-wait", "First byte", timings.first_byte_ms),
    ];
    let spent: f64 = known.iter().filter_map(|(.., ms)| *ms).sum();
    let rest = timings.total_ms - spent;
    // The rest is reading the answer, or the phase that never ended.
    let label = if timings.first_byte_ms.is_some() { "Reading the answer" } else { "Waiting" };
    let phases: Vec<_> = known
        .into_iter()
        .filter_map(|(class, name, ms)| Some((class, name, ms?)))
        .chain((rest > 0.05).then_some(("phase-read", label, rest)))
        .collect();
    let bars = phases.iter().map(|(class, _, ms)| {
        let grow = ms.max(0.0).to_string();
        view! { <span class=*class style:flex-grow=grow></span> }
    });
    let legend = phases.iter().map(|(class, name, ms)| {
        view! {
            <li class="legend">
                <i class=*class></i>
                <span class="muted">{*name}</span>
                <span class="tabular-nums">{milliseconds(*ms)}</span>
            </li>
        }
    });
    view! {
        <div>
            <div class="phases" aria-hidden="true">{bars.collect_view()}</div>
            <ul class="flex flex-wrap gap-x-4 gap-y-1 mt-2 text-[0.8125rem]" aria-label="Timings">
                {legend.collect_view()}
                <li class="legend ml-auto font-[560]">"Total " <span class="tabular-nums">{milliseconds(timings.total_ms)}</span></li>
            </ul>
        </div>
    }
    .erase()
}

/// The result of a test message; `whole`: with the request and the answer open.
pub fn test_result(result: &TestResult, whole: bool) -> AnyView {
    let said = if result.succeeded {
        "The receiver accepted the test."
    } else {
        "The receiver did not accept the test."
    };
    let class = if result.succeeded { "note good" } else { "note bad" };
    let attempt = result.attempt.clone();
    let why = attempt.diagnosis.clone().filter(|_| !whole);
    let exchange = if whole {
        inside(attempt, "")
    } else {
        view! {
            <details>
                <summary class="flex items-center gap-2 muted">
                    <span class="turn inline-flex">{icon(icon::RIGHT)}</span>
                    "The request and the answer"
                </summary>
                <div class="grid gap-4 pt-3 min-w-0">{inside(attempt, "")}</div>
            </details>
        }
        .erase()
    };
    view! {
        <div role="status" class="grid gap-3 min-w-0">
            <div class=class>
                {icon(if result.succeeded { icon::CHECK } else { icon::ALERT })}
                <div class="anywhere">
                    <p class="font-semibold">{said}</p>
                    {why.map(|diagnosis| view! { <p>{diagnosis.summary}</p> <p class="muted">{diagnosis.advice}</p> })}
                </div>
            </div>
            {exchange}
        </div>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations_keep_the_digits_that_matter() {
        assert_eq!(milliseconds(0.42), "0.4 ms");
        assert_eq!(milliseconds(132.4), "132 ms");
        assert_eq!(milliseconds(15_000.0), "15.0 s");
    }
}
