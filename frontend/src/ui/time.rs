//! Instants as a person says them, with the exact one on hover, on tap and for machines.

use api_types::Timestamp;
use leptos::prelude::*;

use crate::{
    amounts::counted,
    browser,
    ui::erase::{Erase, live},
};

/// The page's idea of now: moves every few seconds, and every time on the screen with it.
#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// Starts the clock for everything below.
pub fn provide_clock() {
    let now = RwSignal::new(browser::now());
    browser::every(5_000, move || now.set(browser::now()));
    provide_context(Now(now));
}

/// `3 minutes ago`, `in 2 hours`, or the date where that is far.
pub fn ago(time: Timestamp) -> AnyView {
    relative(time, false)
}

/// The instant at which something is due: as [`ago`] says it while that is ahead, "due now" afterwards, or a word where
/// there is none.
pub fn due_or(time: Option<Timestamp>, otherwise: &'static str) -> AnyView {
    time.map_or_else(|| view! { <span class="muted">{otherwise}</span> }.erase(), |time| relative(time, true))
}

fn relative(time: Timestamp, due: bool) -> AnyView {
    let clock = use_context::<Now>();
    let said = Memo::new(move |_| {
        let now = clock.map_or_else(browser::now, |now| now.0.get());
        let ms = time.millis_since(now);
        if due && ms <= 0 {
            return "due now".to_owned();
        }
        // The page's clock is a few seconds behind: what it takes for the near future has just happened.
        let ms = if (1..10_000).contains(&ms) && !due { 0 } else { ms };
        relative_words(ms).unwrap_or_else(|| browser::local_date(time))
    });
    stamp(time, "", move || said.get())
}

/// An instant in words. A tap shows the exact one, and another the words again.
fn stamp(time: Timestamp, class: &'static str, said: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    let exact = RwSignal::new(false);
    view! {
        <time
            class=class
            class:nowrap=move || !exact.get()
            datetime=time.to_string()
            title=browser::local_time(time)
            on:click=move |_| exact.update(|on| *on = !*on)
        >
            {live(move || if exact.get() { browser::local_time(time) } else { said() })}
        </time>
    }
    .erase()
}

/// An instant as [`ago`] says it, or a word where there is none.
pub fn ago_or(time: Option<Timestamp>, otherwise: &'static str) -> AnyView {
    time.map_or_else(|| view! { <span class="muted">{otherwise}</span> }.erase(), ago)
}

/// The last use of something, and below it the address that it came from.
pub fn last_used(time: Option<Timestamp>, ip: Option<String>) -> AnyView {
    view! {
        {ago_or(time, "Never")}
        {ip.map(|ip| view! { <span class="block mono muted text-xs break-words" dir="ltr">{ip}</span> })}
    }
    .erase()
}

/// The last use of something within a sentence: `3 minutes ago from 203.0.113.7`.
pub fn used_from(time: Timestamp, ip: Option<String>) -> AnyView {
    view! {
        {ago(time)}
        {ip.map(|ip| view! { " from " <span class="mono" dir="ltr">{ip}</span> })}
    }
    .erase()
}

/// The time of day, with the day where it is not today: for "since 14:02".
pub fn clock(time: Timestamp) -> AnyView {
    stamp(time, "", move || browser::local_clock(time))
}

/// The time until an instant, to the second; `then` once it has come.
pub fn countdown(time: Timestamp, then: &'static str) -> AnyView {
    let left = move || time.millis_since(browser::now());
    let now = RwSignal::new(left());
    browser::every(1_000, move || now.set(left()));
    let said = move || match now.get() {
        ms if ms <= 0 => then.to_owned(),
        ms => countdown_words(ms.unsigned_abs().div_ceil(1_000)),
    };
    stamp(time, "tabular-nums", said)
}

/// The exact time in the visitor's zone.
pub fn exact(time: Timestamp) -> AnyView {
    view! { <time datetime=time.to_string()>{browser::local_time(time)}</time> }.erase()
}

/// The distance of an instant from now, as a person would say it; `None` where a date says it better.
/// `ms` is the instant minus now, in milliseconds.
fn relative_words(ms: i64) -> Option<String> {
    let seconds = ms.unsigned_abs() / 1000;
    let (count, unit) = match seconds {
        0..10 => return Some(if ms > 0 { "in a few seconds".into() } else { "just now".into() }),
        10..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        _ => return None,
    };
    let amount = counted(count, unit);
    Some(if ms > 0 { format!("in {amount}") } else { format!("{amount} ago") })
}

/// The time until something, to the second: `42 s`, `3 min 05 s`, `1 h 02 min`, `6 d 23 h`.
fn countdown_words(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::{countdown_words, relative_words};

    #[test]
    fn times_are_said_as_a_person_would() {
        let said = |ms| relative_words(ms).unwrap_or_default();
        assert_eq!(said(-400), "just now");
        assert_eq!(said(4_000), "in a few seconds");
        assert_eq!(said(-61_000), "1 minute ago");
        assert_eq!(said(2 * 3_600_000), "in 2 hours");
        assert_eq!(said(-29 * 86_400_000), "29 days ago");
        assert_eq!(relative_words(-31 * 86_400_000), None);
    }

    #[test]
    fn a_countdown_keeps_two_units() {
        assert_eq!(countdown_words(42), "42 s");
        assert_eq!(countdown_words(185), "3 min 05 s");
        assert_eq!(countdown_words(7 * 86_400 - 1), "6 d 23 h");
    }
}
