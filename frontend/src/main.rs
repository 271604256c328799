//! The console: Settings > API in the browser, rendered there by Leptos; with the consent screen and, for every member,
//! the apps that act for them.
//!
//! `routes` says which page is where, `pages` holds one page a file, `ui` what pages are made of; `api` makes the
//! calls, `data` keeps what they answered, `stream` hears when that changes, `session` knows who is signed in. There is nothing here that the documented
//! HTTP API does not offer to everybody.

mod answer;
mod api;
mod browser;
mod data;
mod pages;
mod routes;
mod session;
mod stream;
mod text;
mod theme;
mod ui;

fn main() {
    if let Some(splash) = leptos::prelude::document().get_element_by_id("boot") {
        splash.remove();
    }
    leptos::mount::mount_to_body(routes::App);
}
