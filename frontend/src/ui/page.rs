//! The frame of a page: its title (in the tab, too), the way back up, sections, panels and details.

use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        erase::Erase,
        icon::{self, icon},
    },
};

/// Names the page in the tab and in the history.
pub fn title(name: impl Fn() -> String + 'static) {
    Effect::new(move |_| document().set_title(&format!("{} · Sayless", name())));
}

/// The way back up: Settings > API, and the section that this page belongs to.
pub fn crumbs(parent: &'static str, href: &'static str) -> AnyView {
    view! {
        <nav aria-label="Breadcrumb" class="flex items-center gap-1.5 text-[0.8125rem] muted mb-2">
            <a class="hover:underline" href=paths::SETTINGS>"API"</a>
            <span class="opacity-60">{icon(icon::RIGHT)}</span>
            <a class="hover:underline" href=href>{parent}</a>
        </nav>
    }
    .erase()
}

/// A page's heading with its buttons.
pub fn heading(name: impl Erase, beside: impl Erase, actions: impl Erase) -> AnyView {
    view! {
        <header class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 mb-6">
            <div class="min-w-0 flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <h1 class="text-2xl/8 font-semibold anywhere" dir="auto">{name.erase()}</h1>
                {beside.erase()}
            </div>
            <div class="flex flex-wrap items-center gap-2">{actions.erase()}</div>
        </header>
    }
    .erase()
}

/// A section of a page, reachable by `#id`.
pub fn section(
    id: &'static str,
    name: &'static str,
    about: impl Erase,
    actions: impl Erase,
    content: impl Erase,
) -> AnyView {
    let labelled = format!("{id}-title");
    let by = labelled.clone();
    view! {
        <section id=id class="mt-12 first:mt-0" aria-labelledby=by>
            <header class="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 mb-3.5">
                <div class="min-w-0 flex-1 basis-80">
                    <h2 class="text-lg font-semibold" id=labelled tabindex="-1">{name}</h2>
                    <p class="muted mt-0.5 max-w-2xl">{about.erase()}</p>
                </div>
                <div class="flex flex-wrap items-center gap-2">{actions.erase()}</div>
            </header>
            {content.erase()}
        </section>
    }
    .erase()
}

/// A framed part of a page with a heading.
pub fn panel(name: &'static str, actions: impl Erase, content: impl Erase) -> AnyView {
    let id = name.to_lowercase().replace(' ', "-");
    let by = id.clone();
    view! {
        <section class="panel mt-5" aria-labelledby=by>
            <header class="panelhead">
                <h2 class="font-semibold text-[0.9375rem]" id=id>{name}</h2>
                <div class="flex flex-wrap items-center gap-2 -my-1">{actions.erase()}</div>
            </header>
            {content.erase()}
        </section>
    }
    .erase()
}

/// One figure of a row of them (`<dl class="figures">`).
pub fn figure(name: &'static str, value: impl Erase) -> AnyView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd class="tabular-nums">{value.erase()}</dd>
        </div>
    }
    .erase()
}

/// One name and value of a description list (`<dl class="facts">`).
pub fn detail(name: &'static str, value: impl Erase) -> AnyView {
    view! {
        <dt>{name}</dt>
        <dd class="anywhere">{value.erase()}</dd>
    }
    .erase()
}
