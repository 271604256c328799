//! Live updates: one connection to the API's stream for the tab, shared by every page. The stream says only what kind of
//! thing changed; a page that shows some of it fetches it again.
//!
//! The connection is open while a page that wants it is shown, somebody is signed in and the tab is visible (a browser
//! allows few connections to one server, all tabs together). After a break everything is fetched again.

use std::{cell::RefCell, rc::Rc, time::Duration};

use api_types::stream::{Change, Topic};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent, VisibilityState};

use crate::{
    api::{call::is_elsewhere, session},
    browser, paths,
};

/// The least time between two refetches of the same thing, in milliseconds.
const PACE_MS: i64 = 1_000;
/// The length of a break that is not shown yet, in milliseconds.
const QUIET_MS: i32 = 2_500;
/// The time that the connection outlives the last page that wants it, or the tab's being hidden, in milliseconds.
const LINGER_MS: i32 = 3_000;
/// The longest pause between two attempts to connect, in milliseconds.
const LONGEST_PAUSE_MS: i32 = 30_000;

/// True while live updates are interrupted, for a sign of it.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted(pub RwSignal<bool>);

/// A list or an object on the screen that may change.
struct Watcher {
    id: u32,
    topics: &'static [Topic],
    webhook: Box<dyn Fn() -> Option<String>>,
    refetch: Rc<dyn Fn()>,
    /// True where something of it changed since it was last told.
    due: bool,
}

#[derive(Default)]
struct Hub {
    watchers: Vec<Watcher>,
    last_id: u32,
    source: Option<EventSource>,
    /// True while the connection stands.
    open: bool,
    /// The number of attempts to connect that failed in a row.
    failures: i32,
    /// Counts what makes a waiting timer meaningless: an opening, a closing.
    turn: u32,
    /// The instant at which watchers were last told, in milliseconds since 1970.
    told_at: i64,
    /// True while a timer is set to tell them.
    telling: bool,
    interrupted: Option<RwSignal<bool>>,
}

thread_local! {
    static HUB: RefCell<Hub> = RefCell::default();
    /// Made once: a closure may not be dropped while it runs.
    static HANDLERS: Handlers = Handlers::new();
}

struct Handlers {
    opened: Closure<dyn Fn()>,
    broken: Closure<dyn Fn()>,
    changed: Closure<dyn Fn(MessageEvent)>,
}

impl Handlers {
    fn new() -> Self {
        Self {
            opened: Closure::new(on_open),
            broken: Closure::new(on_error),
            changed: Closure::new(|event: MessageEvent| {
                if let Some(change) =
                    event.data().as_string().and_then(|data| serde_json::from_str(&data).ok())
                {
                    on_change(&change);
                }
            }),
        }
    }
}

/// Prepares the tab: what shows a break, and looking again when the tab does.
pub fn provide() {
    let interrupted = RwSignal::new(false);
    provide_context(Interrupted(interrupted));
    HUB.with_borrow_mut(|hub| hub.interrupted = Some(interrupted));
    // Once for the tab, like the handlers above.
    let seen = Closure::<dyn Fn()>::new(on_visibility).into_js_value();
    let _ = document().add_event_listener_with_callback("visibilitychange", seen.unchecked_ref());
    let online = Closure::<dyn Fn()>::new(reconnect_now).into_js_value();
    let _ = window().add_event_listener_with_callback("online", online.unchecked_ref());
}

/// Calls `refetch` whenever one of `topics` changed, of that webhook where one is named, until the component that asks is
/// gone.
pub fn watch(
    topics: &'static [Topic],
    webhook: impl Fn() -> Option<String> + 'static,
    refetch: impl Fn() + 'static,
) {
    let id = HUB.with_borrow_mut(|hub| {
        hub.last_id += 1;
        let watcher = Watcher {
            id: hub.last_id,
            topics,
            webhook: Box::new(webhook),
            refetch: Rc::new(refetch),
            due: false,
        };
        hub.watchers.push(watcher);
        hub.last_id
    });
    on_cleanup(move || {
        let gone = HUB.with_borrow_mut(|hub| {
            let at = hub.watchers.iter().position(|watcher| watcher.id == id)?;
            Some(hub.watchers.remove(at))
        });
        drop(gone);
        after(LINGER_MS, || {
            if HUB.with_borrow(|hub| hub.watchers.is_empty()) {
                close();
            }
        });
    });
    connect();
}

/// Opens the connection again after [`close`], where a page wants it, and has every page fetch again what it shows.
pub fn resume() {
    connect();
    everything_due();
}

/// Ends the connection: nobody is signed in any more, the session is another workspace's by now, or nobody wants it.
pub fn close() {
    let source = HUB.with_borrow_mut(|hub| {
        hub.turn += 1;
        hub.open = false;
        hub.failures = 0;
        hub.source.take()
    });
    if let Some(source) = source {
        source.close();
    }
    show_interrupted(false);
}

fn visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

fn after(ms: i32, act: impl FnOnce() + 'static) {
    spawn_local(async move {
        browser::sleep(ms).await;
        act();
    });
}

fn show_interrupted(on: bool) {
    if let Some(signal) = HUB.with_borrow(|hub| hub.interrupted)
        && signal.try_get_untracked() == Some(!on)
    {
        signal.set(on);
    }
}

/// Opens the connection where it is wanted and neither there nor about to be.
fn connect() {
    let wanted = HUB.with_borrow(|hub| hub.source.is_none() && hub.failures == 0 && !hub.watchers.is_empty());
    if wanted && visible() {
        open();
    }
}

fn open() {
    let Ok(source) = EventSource::new(paths::api::STREAM) else { return };
    HANDLERS.with(|handlers| {
        source.set_onopen(Some(handlers.opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(handlers.broken.as_ref().unchecked_ref()));
        let changed = handlers.changed.as_ref().unchecked_ref();
        let _ = source.add_event_listener_with_callback("change", changed);
    });
    HUB.with_borrow_mut(|hub| {
        hub.turn += 1;
        hub.source = Some(source);
    });
}

/// Has every watcher fetch again: the stream told nobody of changes before it stood.
fn on_open() {
    HUB.with_borrow_mut(|hub| {
        hub.open = true;
        hub.failures = 0;
    });
    show_interrupted(false);
    everything_due();
}

fn on_error() {
    let source = HUB.with_borrow_mut(|hub| {
        hub.open = false;
        hub.source.take()
    });
    // Not left to the browser: it gives up for good on any answer but 200.
    if let Some(source) = source {
        source.close();
        try_later();
    }
}

fn try_later() {
    let (turn, failures) = HUB.with_borrow_mut(|hub| {
        hub.turn += 1;
        hub.failures += 1;
        (hub.turn, hub.failures)
    });
    if failures == 1 {
        after(QUIET_MS, || {
            if HUB.with_borrow(|hub| hub.failures > 0 && !hub.open && !hub.watchers.is_empty()) {
                show_interrupted(true);
            }
        });
    }
    let pause = (500 << (failures - 1).min(10)).min(LONGEST_PAUSE_MS);
    #[expect(clippy::cast_possible_truncation, reason = "at most half of 30,000")]
    let jitter = (js_sys::Math::random() * f64::from(pause) / 2.0) as i32;
    after(pause / 2 + jitter, move || {
        if HUB.with_borrow(|hub| hub.turn == turn) {
            ask_then_open();
        }
    });
}

/// A refused stream does not say why; the session does. Where it is over, asking takes the reader to the sign-in page.
fn ask_then_open() {
    if HUB.with_borrow(|hub| hub.watchers.is_empty()) || !visible() {
        HUB.with_borrow_mut(|hub| hub.failures = 0);
        return;
    }
    let turn = HUB.with_borrow(|hub| hub.turn);
    spawn_local(async move {
        let session = session::show().await;
        if HUB.with_borrow(|hub| hub.turn != turn) {
            return;
        }
        match session {
            Ok(session) if is_elsewhere(session.workspace.id) => close(),
            Ok(_) => open(),
            Err(error) if error.status == 401 => close(),
            Err(_) => try_later(),
        }
    });
}

fn reconnect_now() {
    if HUB.with_borrow(|hub| hub.failures > 0) {
        ask_then_open();
    }
}

fn on_visibility() {
    if visible() {
        reconnect_now();
        connect();
        if HUB.with_borrow(|hub| hub.open) {
            everything_due();
        }
        return;
    }
    after(LINGER_MS, || {
        if !visible() {
            close();
        }
    });
}

fn on_change(change: &Change) {
    HUB.with_borrow_mut(|hub| {
        for watcher in &mut hub.watchers {
            let concerned = watcher.topics.iter().any(|topic| change.topics.contains(topic));
            watcher.due |= concerned
                && (change.webhook_ids.is_empty()
                    || (watcher.webhook)()
                        .is_none_or(|own| change.webhook_ids.iter().any(|id| id.as_str() == own)));
        }
    });
    tell();
}

fn everything_due() {
    HUB.with_borrow_mut(|hub| hub.watchers.iter_mut().for_each(|watcher| watcher.due = true));
    tell();
}

/// Tells those concerned, at once or when the pace allows; what a hidden tab shows waits until somebody looks.
fn tell() {
    let now = browser::now().as_millis();
    let wait = HUB.with_borrow_mut(|hub| {
        let wait = hub.told_at + PACE_MS - now;
        if hub.telling || !visible() {
            return None;
        }
        hub.telling = wait > 0;
        Some(wait)
    });
    match wait {
        None => {}
        Some(wait) if wait > 0 => set_timeout(
            || {
                HUB.with_borrow_mut(|hub| hub.telling = false);
                tell_now();
            },
            Duration::from_millis(wait.unsigned_abs()),
        ),
        Some(_) => tell_now(),
    }
}

fn tell_now() {
    let concerned: Vec<Rc<dyn Fn()>> = HUB.with_borrow_mut(|hub| {
        hub.told_at = browser::now().as_millis();
        let due = hub.watchers.iter_mut().filter(|watcher| watcher.due);
        due.map(|watcher| {
            watcher.due = false;
            Rc::clone(&watcher.refetch)
        })
        .collect()
    });
    for refetch in concerned {
        refetch();
    }
}
