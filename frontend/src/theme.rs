//! Light, dark, or as the system has it; remembered on this device. `assets/theme.js` applies it before the first paint.

use leptos::prelude::*;

use crate::browser;

/// The choices, as they are named on the screen, with the value that is remembered.
pub const CHOICES: [(&str, Option<&str>); 3] =
    [("System", None), ("Light", Some("light")), ("Dark", Some("dark"))];

/// The choice that is remembered; the system's where there is none.
pub fn chosen() -> RwSignal<Option<String>> {
    RwSignal::new(browser::remembered("theme").filter(|theme| theme == "light" || theme == "dark"))
}

/// Applies a choice and remembers it.
pub fn choose(theme: Option<&str>) {
    browser::remember("theme", theme);
    if let Some(root) = document().document_element() {
        let _ = match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
    }
}
