//! A secret, shown once. The dialog lives above the pages, so that not even the back button takes it away; Esc, a reload
//! and a closed tab are held up until somebody says that the secret is stored.

use leptos::{ev, prelude::*};

use crate::ui::{
    code::{copy_labelled, copyable},
    dialog::{Kind, dialog_for, foot},
    erase::Erase,
    icon::{self, icon},
};

/// A secret to show once.
#[derive(Clone)]
pub struct Secret {
    /// The dialog's title: "API key created".
    pub title: &'static str,
    /// The kind of secret: "API key".
    pub what: &'static str,
    pub value: String,
    /// The name by which the secret's holder is known: its label, the label of its copy button, and the name.
    pub beside: Option<(&'static str, &'static str, String)>,
    /// A sentence on where to put the secret.
    pub advice: &'static str,
    /// The action that follows once the secret is stored.
    pub then: Callback<()>,
}

/// The secret on the screen, if there is one.
#[derive(Clone, Copy)]
pub struct ShowOnce(RwSignal<Option<Secret>>);

impl ShowOnce {
    /// Puts the place for a secret into the context.
    pub fn provide() {
        provide_context(Self(RwSignal::default()));
    }

    /// The place of this page's context.
    pub fn use_show_once() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::default()))
    }

    /// Shows a secret until it is stored.
    pub fn show(self, secret: Secret) {
        self.0.set(Some(secret));
    }
}

/// The place where the secret appears: once, around everything.
#[component]
pub fn SecretHost() -> impl IntoView {
    let shown = ShowOnce::use_show_once().0;
    let hold = window_event_listener(ev::beforeunload, move |event| {
        if shown.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    });
    on_cleanup(move || hold.remove());
    dialog_for(shown, Kind::Locked, |secret| secret.title.to_owned(), move |secret| body(shown, secret))
}

fn body(shown: RwSignal<Option<Secret>>, secret: Secret) -> AnyView {
    let Secret { what, value, beside, advice, then, .. } = secret;
    let beside = beside.map(|(label, copy, name)| {
        view! {
            <div class="field">
                <span class="flabel">{label}</span>
                {copyable(copy, name)}
            </div>
        }
    });
    let copied = value.clone();
    let stored = move |_| {
        shown.set(None);
        then.run(());
    };
    view! {
        <div class="form">
            <div class="note warn">
                {icon(icon::ALERT)}
                <p>
                    <strong class="font-semibold">"Copy it now: it will not be shown again. "</strong>
                    {advice}
                </p>
            </div>
            <div class="field">
                <span class="flabel" id="secret-label">
                    {what}
                </span>
                <div class="flex flex-wrap gap-2 items-stretch">
                    <output class="chip !text-sm !leading-7 !px-3 !py-1 flex-1 basis-64 select-all" aria-labelledby="secret-label" dir="ltr">
                        {value}
                    </output>
                    {copy_labelled("Copy", "btn btn-primary", move || copied.clone())}
                </div>
            </div>
            {beside}
            <p class="muted">"Treat it like a password. Do not paste it into tickets, comments, notes, or broadcasts."</p>
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=stored>
                    "I have stored it"
                </button>
            })}
        </div>
    }
    .erase()
}
