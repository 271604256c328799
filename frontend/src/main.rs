//! The Sayless console: Settings > API in the browser.

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <h1 class="text-2xl font-semibold p-8">"Sayless"</h1> });
}
