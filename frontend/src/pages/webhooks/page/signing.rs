//! The signing of a webhook's messages: its scheme, the secrets that sign, and dropping an old one before its time.

use api_types::webhooks::{SignatureScheme, SigningSecret, Webhook};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::load::Load,
    pages::webhooks::verify,
    ui::{
        badge::badge,
        code::copyable,
        confirm::{Question, confirm},
        erase::Erase,
        page::detail,
        submit::Submit,
        time::{ago, countdown},
        toast::Toasts,
    },
};

/// The scheme and the secrets by which messages are signed, and code that verifies them; putting an old secret into `drop`
/// asks whether to drop it.
pub fn signing(
    signature: SignatureScheme,
    secrets: &[SigningSecret],
    drop: RwSignal<Option<SigningSecret>>,
) -> AnyView {
    let scheme = match signature {
        SignatureScheme::V1 => "HMAC-SHA-256 with a shared secret (v1)",
        SignatureScheme::V1a => "Ed25519 with a public key (v1a)",
    };
    let secrets = secrets.iter().enumerate().map(|(place, secret)| row(secret, place == 0, drop));
    view! {
        <dl class="facts">
            {detail("Signature", scheme)}
            {detail(
                if signature == SignatureScheme::V1 { "Signing secrets" } else { "Public keys" },
                view! { <ul>{secrets.collect_view()}</ul> },
            )}
        </dl>
        {verify::how_to(signature)}
    }
    .erase()
}

fn row(secret: &SigningSecret, current: bool, drop: RwSignal<Option<SigningSecret>>) -> AnyView {
    let (state, ends) = match secret.expires_at {
        None if current => (badge("dot good", "Current"), None),
        None => (badge("dot warn", "Old"), Some(" · signs until the next rotation".erase())),
        Some(time) => (
            badge("dot warn", "Old"),
            Some(view! { " · stops signing in " {countdown(time, "a moment")} }.erase()),
        ),
    };
    let key = secret.public_key.clone();
    let hint = secret.hint.clone().filter(|_| key.is_none());
    let old = secret.clone();
    let label = format!("Drop {}", secret.hint.as_deref().unwrap_or("the old secret"));
    let button = (!current).then(|| {
        view! {
            <button type="button" class="btn btn-quiet btn-sm justify-self-start mt-1" aria-label=label on:click=move |_| drop.set(Some(old.clone()))>
                "Drop now"
            </button>
        }
    });
    view! {
        <li class="grid gap-0.5 not-first:mt-3">
            <span class="flex flex-wrap gap-x-2 items-center">
                {hint.map(|hint| view! { <span class="mono">{hint}</span> })} {state}
            </span>
            {key.map(|key| copyable("Copy public key", key))}
            <span class="muted">"Created " {ago(secret.created_at)} {ends}</span>
            {button}
        </li>
    }
    .erase()
}

/// Asks before an old secret is dropped.
pub fn drop_dialog(
    old: &SigningSecret,
    load: &Load<Webhook>,
    target: RwSignal<Option<SigningSecret>>,
) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let close = move || target.set(None);
    let Some(webhook) = untrack(|| load.ready()) else { return ().erase() };
    let secret = old.id;
    let load = load.clone();
    let explain = view! {
        <p>
            "The old secret " <span class="mono anywhere">{old.hint.clone()}</span>
            " signs no more, at once instead of when its time is over. A receiver that knows only the old one refuses every message from then on."
        </p>
    };
    let act = move || {
        let load = load.clone();
        submit.run(webhooks::drop_secret(webhook.id, secret), move |()| {
            close();
            load.refresh();
            toasts.say("The old secret is dropped.");
        });
    };
    confirm(Question { submit, action: "Drop secret", fields: &[] }, explain, close, act)
}
