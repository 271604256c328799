//! Instants as a person says them, with the exact one on hover and for machines.

use crate::ui::erase::{Erase, live};
use api_types::Timestamp;
use leptos::prelude::*;

use crate::{browser, text};

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

/// When something is due: as [`ago`] says it while that is ahead, "due now" afterwards, or a word where it never is.
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
        text::relative(ms).unwrap_or_else(|| browser::local_date(time))
    });
    view! {
        <time class="nowrap" datetime=time.to_string() title=browser::local_time(time)>
            {live(move || said.get())}
        </time>
    }
    .erase()
}

/// The same, or a word where there is no time.
pub fn ago_or(time: Option<Timestamp>, otherwise: &'static str) -> AnyView {
    time.map_or_else(|| view! { <span class="muted">{otherwise}</span> }.erase(), ago)
}

/// When something was last used, and below it from which address.
pub fn last_used(time: Option<Timestamp>, ip: Option<String>) -> AnyView {
    view! {
        {ago_or(time, "Never")}
        {ip.map(|ip| view! { <span class="block mono muted text-xs break-words" dir="ltr">{ip}</span> })}
    }
    .erase()
}

/// The same within a sentence: `3 minutes ago from 203.0.113.7`.
pub fn used_from(time: Timestamp, ip: Option<String>) -> AnyView {
    view! {
        {ago(time)}
        {ip.map(|ip| view! { " from " <span class="mono" dir="ltr">{ip}</span> })}
    }
    .erase()
}

/// The time of day, with the day where it is not today: for "since 14:02".
pub fn clock(time: Timestamp) -> AnyView {
    view! {
        <time class="nowrap" datetime=time.to_string() title=browser::local_time(time)>
            {browser::local_clock(time)}
        </time>
    }
    .erase()
}

/// How long until an instant, to the second; `then` once it has come.
pub fn countdown(time: Timestamp, then: &'static str) -> AnyView {
    let left = move || time.millis_since(browser::now());
    let now = RwSignal::new(left());
    browser::every(1_000, move || now.set(left()));
    let said = move || match now.get() {
        ms if ms <= 0 => then.to_owned(),
        ms => text::countdown(ms.unsigned_abs().div_ceil(1_000)),
    };
    view! {
        <time class="nowrap tabular-nums" datetime=time.to_string() title=browser::local_time(time)>
            {live(said)}
        </time>
    }
    .erase()
}

/// The exact time in the visitor's zone.
pub fn exact(time: Timestamp) -> AnyView {
    view! { <time datetime=time.to_string()>{browser::local_time(time)}</time> }.erase()
}
