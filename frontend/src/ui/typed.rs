//! What somebody typed in a dialog and has not sent: the dialog asks before it is lost, and so does the browser.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

use crate::ui::{
    erase::live,
    icon::{self, icon},
};

thread_local! {
    /// The number of open dialogs in which something was typed.
    static UNSENT: Cell<u32> = const { Cell::new(0) };
}

/// True while a dialog holds something that was typed and not sent.
pub fn is_anything_unsent() -> bool {
    UNSENT.get() > 0
}

/// Has the browser ask before it leaves the page with something that was typed. Once for the tab.
pub fn guard_tab() {
    let leaving = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        if is_anything_unsent() {
            event.prevent_default();
        }
    });
    let _ =
        window().add_event_listener_with_callback("beforeunload", leaving.into_js_value().unchecked_ref());
}

/// A dialog's own part of that: the sign that something was typed, and the question before it is lost.
#[derive(Clone, Copy)]
pub struct Typed {
    any: RwSignal<bool>,
    asking: RwSignal<bool>,
    /// True where a choice counts as well as a text: a form takes a while to fill in, a question does not.
    choices_count: bool,
}

impl Typed {
    /// Nothing was typed yet. Puts the handle into the context, for the buttons of the dialog.
    pub fn provide(choices_count: bool) -> Self {
        let typed = Self { any: RwSignal::new(false), asking: RwSignal::new(false), choices_count };
        provide_context(typed);
        on_cleanup(move || {
            if typed.any.try_get_untracked() == Some(true) {
                UNSENT.set(UNSENT.get().saturating_sub(1));
            }
        });
        typed
    }

    /// Notes an input in the dialog.
    pub fn note(self, event: &web_sys::Event) {
        if !self.any.get_untracked() && (self.choices_count || is_text(event)) {
            self.any.set(true);
            UNSENT.set(UNSENT.get() + 1);
        }
    }

    /// True once something was typed.
    pub fn is_any(self) -> bool {
        self.any.get_untracked()
    }

    /// Leaves the dialog by `close`, unless something was typed: then the reader is asked first.
    pub fn leave(self, close: impl Fn()) {
        if self.any.get_untracked() {
            self.asking.set(true);
        } else {
            close();
        }
    }

    /// The same for the Escape key, which also answers the question with no.
    pub fn escape(self, close: impl Fn()) {
        if self.asking.get_untracked() {
            self.asking.set(false);
        } else {
            self.leave(close);
        }
    }

    /// The question, while it is asked.
    pub fn question(self, close: Callback<()>) -> AnyView {
        live(move || {
            self.asking.get().then(|| {
                let keep = NodeRef::<leptos::html::Button>::new();
                keep.on_load(|button| {
                    let _ = button.focus();
                });
                view! {
                    <div class="note warn mx-6 mb-2 items-center flex-wrap" role="alertdialog" aria-label="Discard what you typed?">
                        {icon(icon::ALERT)}
                        <p class="grow">"Discard what you typed?"</p>
                        <button type="button" class="btn btn-sm btn-quiet" node_ref=keep on:click=move |_| self.asking.set(false)>
                            "Keep editing"
                        </button>
                        <button type="button" class="btn btn-sm btn-danger" on:click=move |_| close.run(())>
                            "Discard"
                        </button>
                    </div>
                }
            })
        })
    }
}

/// True where the input is in a field for text.
fn is_text(event: &web_sys::Event) -> bool {
    let Some(target) = event.target() else { return false };
    let input = target.dyn_ref::<HtmlInputElement>();
    target.is_instance_of::<HtmlTextAreaElement>()
        || input.is_some_and(|input| !matches!(input.type_().as_str(), "checkbox" | "radio"))
}
