//! Code and other plain text in a frame, and the button that copies.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    browser,
    ui::{
        erase::{Erase, live},
        icon::{self, icon},
    },
};

/// A button that copies `text`; says "Copied" for two seconds. `label` is its accessible name: "Copy client ID".
pub fn copy_button(label: &'static str, text: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    copy_with(label, None, "btn btn-ghost btn-sm btn-square", Box::new(text))
}

/// A button that copies `text`, with its label on it.
pub fn copy_labelled(
    label: &'static str,
    class: &'static str,
    text: impl Fn() -> String + Send + Sync + 'static,
) -> AnyView {
    copy_with(label, Some(label), class, Box::new(text))
}

fn copy_with(
    name: &'static str,
    shown: Option<&'static str>,
    class: &'static str,
    text: Box<dyn Fn() -> String + Send + Sync>,
) -> AnyView {
    let copied = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let copy = move |_| {
        let text = text();
        spawn_local(async move {
            if !browser::copy(&text).await {
                refused.try_set(Some(text));
                return;
            }
            copied.try_set(true);
            browser::sleep(2_000).await;
            copied.try_set(false);
        });
    };
    view! {
        <button type="button" class=class aria-label=name title=shown.is_none().then_some(name) on:click=copy>
            {live(move || icon(if copied.get() { icon::CHECK } else { icon::COPY }))}
            {shown.map(|shown| move || if copied.get() { "Copied" } else { shown })}
            <span class="sr-only" role="status">{live(move || copied.get().then_some("Copied"))}</span>
        </button>
        {live(move || refused.get().map(|text| by_hand(name, text)))}
    }
    .erase()
}

/// The text, selected, where the browser does not let us copy it: a page without https, or a visitor who said no.
fn by_hand(name: &'static str, text: String) -> AnyView {
    // Of several lines: a field of one would run them together.
    let field = NodeRef::<html::Textarea>::new();
    let rows = text.lines().count().clamp(1, 6).to_string();
    field.on_load(move |field| {
        field.set_value(&text);
        let _ = field.focus();
        field.select();
    });
    view! {
        <span class="basis-full grid gap-1 min-w-0" role="alert">
            <span class="muted text-[0.8125rem]">"The browser does not allow copying here. Press Ctrl+C or ⌘C."</span>
            <textarea class="textarea min-h-0 mono w-full" rows=rows readonly node_ref=field aria-label=name dir="ltr"></textarea>
        </span>
    }
    .erase()
}

/// An id or a URL in one line, with its copy button.
pub fn copyable(label: &'static str, text: String) -> AnyView {
    let copied = text.clone();
    view! {
        <span class="flex items-start gap-1 min-w-0">
            <span class="mono anywhere" dir="ltr">{text}</span>
            <span class="-my-1.5">{copy_button(label, move || copied.clone())}</span>
        </span>
    }
    .erase()
}

/// Plain text in a frame. `wrap` breaks long lines; `copy` names the copy button.
pub fn code_block(title: impl Erase, copy: &'static str, wrap: bool, text: String) -> AnyView {
    let copied = text.clone();
    view! {
        <div class="code" class:wrap=wrap>
            <div class="codehead">
                <span class="muted min-w-0">{title.erase()}</span>
                {copy_button(copy, move || copied.clone())}
            </div>
            <pre tabindex="0" dir="ltr">
                <code>{text}</code>
            </pre>
        </div>
    }
    .erase()
}
