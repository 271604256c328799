//! The form that rotates a secret, of an OAuth app or of a webhook: it asks how long the old one keeps working.

use api_types::{
    Timestamp,
    oauth_apps::{MAX_LIVE_SECRETS, RotateSecret},
};
use leptos::prelude::*;

use crate::{
    api::{answer::Answer, call::Call},
    ui::{
        erase::Erase,
        field::{about, group, pick},
        icon,
        notice::note,
        submit::{Submit, form_error, form_foot},
        time::countdown,
    },
};

/// The remark that no further secret may work beside those that end at `ends`; nothing while there is room.
pub fn no_room(ends: impl ExactSizeIterator<Item = Option<Timestamp>>) -> AnyView {
    if ends.len() < MAX_LIVE_SECRETS {
        return ().erase();
    }
    let next =
        ends.flatten().min().map(|at| view! { " The next one ends in " {countdown(at, "a moment")} "." });
    let content = view! {
        <p>
            "Three secrets work already, and no more may." {next}
            " Drop an old one first, or choose “Not at all”, which ends all of them."
        </p>
    };
    note("warn", icon::ALERT, content)
}

/// The form. `explain` says what will break, `call` rotates, and `done` gets the answer with the new secret.
pub fn form<T: Answer + 'static>(
    explain: impl Erase,
    call: impl Fn(&RotateSecret) -> Call<T> + 'static,
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(T) + Clone + 'static,
) -> AnyView {
    let submit = Submit::new();
    let overlap = RwSignal::new("24h".to_owned());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        submit.run(call(&RotateSecret { overlap: overlap.get_untracked() }), done.clone());
    };
    view! {
        <form class="form" on:submit=send>
            {form_error(submit, &["overlap"])}
            {explain.erase()}
            {group(
                about("The old secret keeps working for", "overlap", ""),
                submit,
                view! {
                    {pick("overlap", "24h", "24 hours", "Time to update the other side without an interruption.", overlap)}
                    {pick("overlap", "1h", "1 hour", "For a change that you make right now.", overlap)}
                    {pick("overlap", "7d", "7 days", "For a change that somebody else has to make.", overlap)}
                    {pick("overlap", "none", "Not at all", "Choose this if the old secret may have leaked.", overlap)}
                },
            )}
            {form_foot(submit, "Rotate secret", close)}
        </form>
    }
    .erase()
}
