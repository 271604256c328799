//! The dialogs of the page, and which of them is open.

use api_types::webhooks::{SigningSecret, Webhook};
use leptos::prelude::*;

use crate::pages::recoveries::choose::Choice;

/// The dialogs, each open while its target holds something.
#[derive(Clone, Copy)]
pub struct Dialogs {
    pub edit: RwSignal<Option<Webhook>>,
    pub rotate: RwSignal<Option<Webhook>>,
    pub drop: RwSignal<Option<SigningSecret>>,
    pub test: RwSignal<Option<Webhook>>,
    pub enable: RwSignal<Option<Webhook>>,
    pub disable: RwSignal<Option<Webhook>>,
    pub pause: RwSignal<Option<Webhook>>,
    pub resume: RwSignal<Option<Webhook>>,
    pub adopt: RwSignal<Option<Webhook>>,
    pub delete: RwSignal<Option<Webhook>>,
    pub recover: RwSignal<Option<Choice>>,
}

impl Dialogs {
    pub fn new() -> Self {
        Self {
            edit: RwSignal::new(None),
            rotate: RwSignal::new(None),
            drop: RwSignal::new(None),
            test: RwSignal::new(None),
            enable: RwSignal::new(None),
            disable: RwSignal::new(None),
            pause: RwSignal::new(None),
            resume: RwSignal::new(None),
            adopt: RwSignal::new(None),
            delete: RwSignal::new(None),
            recover: RwSignal::new(None),
        }
    }
}
