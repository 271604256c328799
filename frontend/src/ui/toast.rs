//! Short confirmations in the corner, read out politely, gone after six seconds.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser,
    ui::icon::{self, icon},
};

/// The messages on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Toasts(RwSignal<Vec<(u32, String)>>, RwSignal<u32>);

impl Toasts {
    /// Puts the messages into the context.
    pub fn provide() {
        provide_context(Self(RwSignal::default(), RwSignal::default()));
    }

    /// The messages of this page's context.
    pub fn use_toasts() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::default(), RwSignal::default()))
    }

    pub fn say(self, text: impl Into<String>) {
        let text = text.into();
        let id = self.1.get_untracked() + 1;
        self.1.set(id);
        self.0.update(|toasts| toasts.push((id, text)));
        spawn_local(async move {
            browser::sleep(6_000).await;
            self.drop(id);
        });
    }

    fn drop(self, id: u32) {
        self.0.update(|toasts| toasts.retain(|(other, _)| *other != id));
    }
}

/// The place where the messages appear: once, around everything.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = Toasts::use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get() key=|(id, _)| *id let((id, text))>
                <div class="toast-item">
                    <span class="anywhere" dir="auto">
                        {text}
                    </span>
                    <button type="button" class="btn btn-ghost btn-xs btn-square" aria-label="Dismiss" on:click=move |_| toasts.drop(id)>
                        {icon(icon::CLOSE)}
                    </button>
                </div>
            </For>
        </div>
    }
}
