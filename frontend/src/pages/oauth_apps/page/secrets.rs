//! An app's client secrets, a sign whether an old one may go yet, and dropping it before its time.

use api_types::{
    Timestamp,
    oauth_apps::{ClientKind, ClientSecret, OAuthApp},
};
use leptos::prelude::*;

use crate::{
    api::oauth_apps,
    data::load::Load,
    ui::{
        badge::badge,
        confirm::{Question, confirm},
        erase::Erase,
        icon::{self, icon},
        page,
        submit::Submit,
        time::{ago, countdown, last_used, used_from},
        toast::Toasts,
    },
};

/// A secret that has been rotated and still works for a while.
#[derive(Clone)]
pub struct OldSecret {
    secret: ClientSecret,
    /// The instant at which the newest secret was made.
    rotated_at: Option<Timestamp>,
}

/// The panel; `rotate` opens the dialog, and so does putting an old secret into `drop`.
pub fn panel(
    kind: ClientKind,
    secrets: &[ClientSecret],
    rotate: impl Fn() + Send + Sync + 'static,
    drop: RwSignal<Option<OldSecret>>,
) -> AnyView {
    if kind == ClientKind::Public {
        let why = "A public app has no secret. It proves itself with PKCE on each authorization.";
        return page::panel("Client secrets", (), view! { <p class="muted p-5">{why}</p> });
    }
    let button = view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| rotate()>"Rotate secret"</button>
    };
    // The newest is the one that the others were rotated for.
    let rotated_at = secrets.first().map(|newest| newest.created_at);
    let rows = secrets.iter().enumerate().map(|(place, secret)| row(secret, place == 0, rotated_at, drop));
    page::panel(
        "Client secrets",
        button,
        view! { <ul class="divide-y divide-base-300">{rows.collect_view()}</ul> },
    )
}

fn row(
    secret: &ClientSecret,
    current: bool,
    rotated_at: Option<Timestamp>,
    drop: RwSignal<Option<OldSecret>>,
) -> AnyView {
    let old = OldSecret { secret: secret.clone(), rotated_at };
    let label = format!("Drop {}", secret.hint);
    let button = (!current).then(|| {
        view! {
            <button type="button" class="btn btn-quiet btn-sm mt-2" aria-label=label on:click=move |_| drop.set(Some(old.clone()))>
                "Drop now"
            </button>
        }
    });
    let (state, ends, safety) = match secret.expires_at {
        None if current => (badge("dot good", "Current"), "Works until it is rotated".erase(), None),
        None => (
            badge("dot warn", "Old"),
            "Works until the next rotation".erase(),
            Some(safety(secret, rotated_at)),
        ),
        Some(time) => (
            badge("dot warn", "Old"),
            view! { "Stops working in " {countdown(time, "a moment")} }.erase(),
            Some(safety(secret, rotated_at)),
        ),
    };
    view! {
        <li class="px-5 py-3.5 grid gap-x-4 gap-y-1 sm:grid-cols-[1fr_auto] sm:items-start">
            <span class="min-w-0">
                <span class="flex flex-wrap gap-2 items-center"><span class="mono">{secret.hint.clone()}</span> {state}</span>
                <span class="muted block mt-0.5">"Created " {ago(secret.created_at)} " · " {ends}</span>
                {safety}
            </span>
            <span class="muted sm:text-right">
                "Last used: " {last_used(secret.last_used_at, secret.last_used_ip.clone())}
                <span class="block">{button}</span>
            </span>
        </li>
    }
    .erase()
}

/// The sentence that says whether something still uses an old secret.
fn safety(old: &ClientSecret, rotated_at: Option<Timestamp>) -> AnyView {
    let used_since = old.last_used_at.filter(|used| rotated_at.is_some_and(|rotated| *used > rotated));
    let (class, shape, words) = match used_since {
        Some(time) => (
            "text-warning",
            icon::ALERT,
            view! {
                "The old secret was last used " {used_from(time, old.last_used_ip.clone())} ": not safe to drop yet."
            }
            .erase(),
        ),
        None => ("text-success", icon::CHECK, "Not used since the rotation: safe to drop.".erase()),
    };
    view! {
        <span class=format!("flex gap-2 mt-1.5 font-[540] {class}")>
            <span class="mt-0.5">{icon(shape)}</span>
            <span class="anywhere">{words}</span>
        </span>
    }
    .erase()
}

/// Asks before an old secret is dropped.
pub fn drop_dialog(old: &OldSecret, load: &Load<OAuthApp>, target: RwSignal<Option<OldSecret>>) -> AnyView {
    let OldSecret { secret, rotated_at } = old;
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let end_tokens = RwSignal::new(false);
    let close = move || target.set(None);
    let Some(app) = untrack(|| load.ready()) else { return ().erase() };
    let id = secret.id;
    let load = load.clone();
    let explain = view! {
        <p>
            "The old secret " <span class="mono">{secret.hint.clone()}</span>
            " stops working at once, instead of when its time is over. Whatever still uses it is refused."
        </p>
        {safety(secret, *rotated_at)}
        <label class="choice">
            <input
                type="checkbox"
                class="checkbox"
                prop:checked=move || end_tokens.get()
                on:change:target=move |event| end_tokens.set(event.target().checked())
            />
            <span class="min-w-0">
                "End its tokens, too"
                <span class="muted block text-[0.8125rem]">
                    "Choose this if the secret leaked: every token that was got with it stops working, and the app asks those members again."
                </span>
            </span>
        </label>
    };
    let act = move || {
        let load = load.clone();
        submit.run(oauth_apps::drop_secret(app.id, id, end_tokens.get_untracked()), move |()| {
            close();
            load.refresh();
            toasts.say("The old secret is dropped.");
        });
    };
    confirm(Question { submit, action: "Drop secret", fields: &[] }, explain, close, act)
}
