//! The page for an address that leads nowhere.

use leptos::prelude::*;

use crate::{
    paths,
    ui::{icon::logo, page},
};

/// The page, with the way to the settings.
#[component]
pub fn NotFound() -> impl IntoView {
    page::title(|| "Page not found".to_owned());
    view! {
        <main class="min-h-dvh grid place-items-center p-6" id="main">
            <div class="max-w-md text-center grid justify-items-center gap-3 pb-[8vh]">
                {logo()}
                <p class="muted mono mt-2">"404"</p>
                <h1 class="text-2xl font-semibold">"There is no page here"</h1>
                <p class="muted">"The address may be mistyped, or what it led to was deleted."</p>
                <a class="btn btn-primary mt-3" href=paths::SETTINGS>
                    "Go to API settings"
                </a>
            </div>
        </main>
    }
}
