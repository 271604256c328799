//! The console: Settings > API in the browser, rendered there by Leptos; with the consent screen and, for every member,
//! the apps that act for them.
//!
//! `routes` says which page is at which address, `paths` holds every address, `pages` has a folder or file for each noun,
//! `ui` what pages are made of; `api` makes the calls, `data` keeps what they answered, `stream` hears when that changes,
//! `session` knows who is signed in. There is nothing here that the documented HTTP API does not offer to everybody.

mod amounts;
mod api;
mod browser;
mod data;
mod pages;
mod paths;
mod routes;
mod session;
mod stream;
mod theme;
mod ui;

fn main() {
    if let Some(splash) = leptos::prelude::document().get_element_by_id("boot") {
        splash.remove();
    }
    amounts::write_numbers_by(browser::number);
    leptos::mount::mount_to_body(routes::App);
}
