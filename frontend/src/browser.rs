//! The few things asked of the browser itself: time, storage, clipboard, focus, timers that end with their owner.

use std::time::Duration;

use api_types::Timestamp;
use js_sys::{Object, Reflect};
use leptos::{ev, leptos_dom::helpers::set_interval_with_handle, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
pub fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// The visitor's own language, which decides how times and numbers are written.
fn language() -> String {
    window().navigator().language().unwrap_or_else(|| "en-GB".to_owned())
}

/// A number as the visitor writes it.
#[expect(clippy::cast_precision_loss, reason = "a count of 2^53 things is not reached")]
pub fn number(count: u64) -> String {
    js_sys::Number::from(count as f64).to_locale_string(&language()).into()
}

/// The instant in the visitor's time zone, as they write it: `23 Nov 2026, 07:03:14 UTC`.
pub fn local_time(time: Timestamp) -> String {
    format_date(time, &[("dateStyle", "medium"), ("timeStyle", "long")])
}

/// The time of day in the visitor's time zone, with the day where it is not today: `14:02`, `22 Nov, 14:02`.
pub fn local_clock(time: Timestamp) -> String {
    let clock = [("hour", "2-digit"), ("minute", "2-digit")];
    if local_date(time) == local_date(now()) {
        return format_date(time, &clock);
    }
    format_date(time, &[("day", "numeric"), ("month", "short"), clock[0], clock[1]])
}

/// The day in the visitor's time zone: `23 Nov 2026`.
pub fn local_date(time: Timestamp) -> String {
    format_date(time, &[("dateStyle", "medium")])
}

fn format_date(time: Timestamp, style: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in style {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    date(time).to_locale_string(&language(), &options).into()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn date(time: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(time.as_millis() as f64))
}

/// The instant that a `datetime-local` field holds, which is in the visitor's time zone.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
pub fn parse_local(value: &str) -> Option<Timestamp> {
    let ms = js_sys::Date::parse(value);
    ms.is_finite().then(|| Timestamp::from_millis(ms as i64))
}

/// The value remembered under `key` on this device.
pub fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Remembers a value on this device, or forgets it.
pub fn remember(key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Calls `act` with the value whenever another tab remembers one under `key`. For what lives as long as the tab.
pub fn on_remembered(key: &'static str, act: impl Fn(Option<String>) + 'static) {
    window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(key) {
            act(event.new_value());
        }
    });
}

/// Puts a text on the clipboard; false where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Waits, without keeping anything from happening meanwhile.
pub async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Calls `tick` again and again until the component that asked for it is gone.
pub fn every(ms: u64, tick: impl Fn() + 'static) {
    if let Ok(handle) = set_interval_with_handle(tick, Duration::from_millis(ms)) {
        on_cleanup(move || handle.clear());
    }
}

/// Calls `act` whenever the window gets the focus, until the component that asked for it is gone.
pub fn on_return(act: impl Fn() + 'static) {
    let listener = window_event_listener(ev::focus, move |_| act());
    on_cleanup(move || listener.remove());
}

/// Goes to an address in this page's place in the history, so that "back" does not return to what is over.
pub fn leave_for(address: &str) {
    let _ = window().location().replace(address);
}

/// Focuses the first element that matches, if there is one.
pub fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
    {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// True while a menu or the like is open, which the Escape key closes first.
pub fn is_popover_open() -> bool {
    document().query_selector(":popover-open").is_ok_and(|open| open.is_some())
}

/// Takes the reader to the first thing that is wrong in the form that was sent: a field, a group of choices, or the sentence that says
/// why it failed. The form is in the topmost dialog, where one is open.
pub fn show_fault() {
    let dialogs = document().query_selector_all("dialog[open]").ok();
    let topmost = dialogs.and_then(|dialogs| dialogs.item(dialogs.length().checked_sub(1)?));
    let within = topmost
        .and_then(|dialog| dialog.dyn_into::<web_sys::Element>().ok())
        .or(document().document_element());
    let found =
        within.and_then(|within| within.query_selector("[data-failed], form [aria-invalid=true]").ok()?);
    let Some(fault) = found else { return };
    // Of a group, the first choice: the group itself may be higher than the window.
    let choice = fault.query_selector("input:not(:disabled)").ok().flatten();
    if let Ok(target) = choice.unwrap_or(fault).dyn_into::<web_sys::HtmlElement>() {
        let into_view = web_sys::ScrollIntoViewOptions::new();
        into_view.set_block(web_sys::ScrollLogicalPosition::Center);
        target.scroll_into_view_with_scroll_into_view_options(&into_view);
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = target.focus_with_options(&options);
    }
}

/// Moves the keyboard to the page's start, once a closing dialog has given focus back: the row that it would return to
/// leaves the page.
pub fn focus_main_soon() {
    leptos::task::spawn_local(async {
        sleep(30).await;
        focus("#main");
    });
}

/// True where rows may come and go in the element with this id: its top is in view, nothing in it is pointed at or has
/// the focus, and no dialog or menu is open.
pub fn may_move(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return true };
    if let Ok(Some(_)) = document().query_selector("dialog[open], :popover-open") {
        return false;
    }
    let active = document().active_element();
    element.get_bounding_client_rect().top() >= 0.0
        && !element.matches(":hover").unwrap_or(false)
        && !element.contains(active.as_deref())
}

/// Scrolls to the element with this id, if it is there.
pub fn scroll_to(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// The address of this page: path, query and fragment.
pub fn here() -> String {
    let location = window().location();
    [location.pathname(), location.search(), location.hash()]
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect()
}
