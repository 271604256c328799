//! Settings > API: keys, apps, webhooks and delivery failures, one below the other.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;

use crate::{
    browser,
    pages::{
        api_keys::ApiKeys,
        deliveries::Failures,
        oauth_apps::OAuthApps,
        shell::sections::{Reading, SECTIONS},
        webhooks::Webhooks,
    },
    ui::page,
};

#[component]
pub fn Overview() -> impl IntoView {
    page::title(|| "API settings".to_owned());
    let reading = use_context::<Reading>().map_or_else(|| RwSignal::new(""), |reading| reading.0);
    follow_reader(reading);
    go_to_anchor();
    let pills = SECTIONS.map(|(id, name, _)| {
        view! {
            <a href=format!("#{id}") aria-current=move || (reading.get() == id).then_some("true")>
                {name}
            </a>
        }
    });
    view! {
        <header class="mb-6 lg:mb-9">
            <h1 class="text-2xl/8 font-semibold">"API"</h1>
            <p class="muted mt-1 max-w-2xl">
                "Connect Sayless to external systems. Treat API keys and OAuth secrets like passwords: do not paste them into tickets, comments, notes, or broadcasts."
            </p>
        </header>
        <nav class="pills" aria-label="Sections">
            {pills.into_iter().collect_view()}
        </nav>
        <ApiKeys />
        <OAuthApps />
        <Webhooks />
        <Failures />
    }
}

/// Keeps `reading` at the section that is at the top of the window.
fn follow_reader(reading: RwSignal<&'static str>) {
    let look = move || {
        let line = 160.0;
        let mut passed = SECTIONS.iter().rev().filter(|(id, ..)| {
            document()
                .get_element_by_id(id)
                .is_some_and(|section| section.get_bounding_client_rect().top() < line)
        });
        let at = passed.next().map_or(SECTIONS[0].0, |(id, ..)| *id);
        if reading.get_untracked() != at {
            reading.set(at);
        }
    };
    let listener = window_event_listener(ev::scroll, move |_| look());
    request_animation_frame(look);
    on_cleanup(move || listener.remove());
}

/// Lists grow as they are loaded and push an anchor away: for the first moments, the page goes back to it.
fn go_to_anchor() {
    let hash = use_location().hash.get_untracked();
    let id = hash.trim_start_matches('#').to_owned();
    if id.is_empty() {
        return;
    }
    leptos::task::spawn_local(async move {
        for wait in [50, 250, 500] {
            browser::sleep(wait).await;
            if browser::here().ends_with(&format!("#{id}")) {
                browser::scroll_to(&id);
            }
        }
    });
}
