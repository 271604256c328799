//! Dialogs on the native `<dialog>`, which keeps focus inside and gives it back: labelled by their title, closed by Esc,
//! by the cross and by their own buttons, never by a click beside them. What was typed is not lost without a question.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    browser,
    ui::{
        erase::{Erase, live},
        icon::{self, icon},
        typed::Typed,
    },
};

/// The width of a dialog, and the ways to leave it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Narrow: a question or a few fields.
    #[default]
    Small,
    /// Wide: a form.
    Wide,
    /// Wide, with nothing to fill in that it would be a pity to lose.
    Tool,
    /// Wide, and left by its own buttons only: not by Esc, there is no cross.
    Locked,
    /// The navigation, at the left edge.
    Sheet,
}

/// A dialog while `target` holds something; `body` is made anew each time, so that forms start fresh.
pub fn dialog_for<T: Clone + Send + Sync + 'static>(
    target: RwSignal<Option<T>>,
    kind: Kind,
    title: impl Fn(&T) -> String + Send + Sync + 'static,
    body: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let close = Callback::new(move |()| target.set(None));
    live(move || {
        target.get().map(|what| {
            let title = title(&what);
            let typed = Typed::provide(kind == Kind::Wide);
            view! { <Dialog title kind close typed body=body(what) /> }
        })
    })
}

/// An open dialog: it opens when it is put on the page, and the caller takes it off when `close` is called.
#[component]
fn Dialog(title: String, kind: Kind, close: Callback<()>, typed: Typed, body: AnyView) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let opened = StoredValue::new_local(None::<web_sys::HtmlDialogElement>);
    node.on_load(move |dialog| {
        // After the browser has put it on the page: before that, it cannot be opened.
        leptos::task::spawn_local(async move {
            if !dialog.open() && dialog.is_connected() {
                let _ = dialog.show_modal();
                // A form says where to begin; anything else begins with its title.
                if let Ok(None) = dialog.query_selector("[autofocus]") {
                    browser::focus("dialog[open] h2");
                }
                opened.try_set_value(Some(dialog));
            }
        });
    });
    // Closing it properly, while it is still there, gives focus back to what opened it.
    on_cleanup(move || {
        if let Some(Some(dialog)) = opened.try_get_value() {
            dialog.close();
        }
    });
    let locked = kind == Kind::Locked;
    let label = title.clone();
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() != "Escape" || event.default_prevented() || browser::is_popover_open() {
            return;
        }
        // Left to the browser, a second Esc closes a dialog that refused the first.
        if locked || typed.is_any() {
            event.prevent_default();
        }
        if !locked && typed.is_any() {
            typed.escape(|| close.run(()));
        }
    };
    let class = match kind {
        Kind::Small => "dialog",
        Kind::Wide | Kind::Tool | Kind::Locked => "dialog wide",
        Kind::Sheet => "dialog drawer-sheet",
    };
    view! {
        <dialog
            node_ref=node
            class=class
            aria-label=label
            closedby=if locked { "none" } else { "closerequest" }
            on:keydown=keydown
            on:input=move |event: web_sys::Event| {
                if kind != Kind::Tool {
                    typed.note(&event);
                }
            }
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                if !locked && is_own(&event) {
                    typed.leave(|| close.run(()));
                }
            }
        >
            {head(title, (!locked).then_some((typed, close)))}
            {typed.question(close)}
            <div class="dialogbody">{body}</div>
        </dialog>
    }
}

/// The title, and the cross where there is one.
fn head(title: String, leave: Option<(Typed, Callback<()>)>) -> AnyView {
    let cross = leave.map(|(typed, close)| {
        view! {
            <button
                type="button"
                class="btn btn-ghost btn-sm btn-square"
                aria-label="Close"
                on:click=move |_| typed.leave(|| close.run(()))
            >
                {icon(icon::CLOSE)}
            </button>
        }
    });
    view! {
        <div class="dialoghead">
            <h2 class="text-base font-semibold anywhere pt-1" dir="auto" tabindex="-1">
                {title}
            </h2>
            {cross}
        </div>
    }
    .erase()
}

/// True for an event of the dialog's own, and not one that rose from something in it (a file field can be cancelled, too).
fn is_own(event: &web_sys::Event) -> bool {
    event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlDialogElement>().is_some())
}

/// The row of buttons at a dialog's foot.
pub fn foot(buttons: impl Erase) -> AnyView {
    view! { <div class="dialogfoot">{buttons.erase()}</div> }.erase()
}

/// The button that leaves a dialog without doing anything.
pub fn cancel_button(close: impl Fn() + Send + Sync + 'static) -> AnyView {
    let typed = use_context::<Typed>();
    let leave = move |_| match typed {
        Some(typed) => typed.leave(&close),
        None => close(),
    };
    view! {
        <button type="button" class="btn btn-quiet" on:click=leave>
            "Cancel"
        </button>
    }
    .erase()
}
