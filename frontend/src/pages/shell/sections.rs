//! The sections of the overview, for the navigation and for the overview itself.

use leptos::prelude::*;

use crate::ui::icon;

/// The anchor, the name and the icon of each section.
pub const SECTIONS: [(&str, &str, &str); 4] = [
    ("api-keys", "API keys", icon::KEY),
    ("oauth-apps", "OAuth apps", icon::APP),
    ("webhooks", "Webhooks", icon::HOOK),
    ("delivery-failures", "Webhook delivery failures", icon::ALERT),
];

/// The section that the reader is in, for the navigation to mark; the overview moves it.
#[derive(Clone, Copy)]
pub struct Reading(pub RwSignal<&'static str>);
