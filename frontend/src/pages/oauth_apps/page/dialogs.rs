//! The dialogs of the page, and which of them is open.

use api_types::oauth_apps::OAuthApp;
use leptos::prelude::*;

use crate::pages::oauth_apps::page::secrets::OldSecret;

/// The dialogs, each open while its target holds something.
#[derive(Clone, Copy)]
pub struct Dialogs {
    pub edit: RwSignal<Option<OAuthApp>>,
    pub rotate: RwSignal<Option<OAuthApp>>,
    pub suspend: RwSignal<Option<OAuthApp>>,
    pub delete: RwSignal<Option<OAuthApp>>,
    pub drop: RwSignal<Option<OldSecret>>,
}

impl Dialogs {
    pub fn new() -> Self {
        Self {
            edit: RwSignal::new(None),
            rotate: RwSignal::new(None),
            suspend: RwSignal::new(None),
            delete: RwSignal::new(None),
            drop: RwSignal::new(None),
        }
    }
}
