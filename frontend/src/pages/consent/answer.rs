//! The member's answer to an app's request, and leaving for the app once it is given.

use api_types::authorizations::{AnsweredRequest, AuthorizationRequest};
use leptos::prelude::*;

use crate::{
    api::{authorization_requests, error::ApiError},
    browser,
    ui::submit::Submit,
};

/// The answer: not given yet, being given, or given.
#[derive(Clone, Copy)]
pub struct Answer {
    pub allow: Submit,
    pub deny: Submit,
    /// The address that the member is sent to, once the server has named it.
    pub leaving_for: RwSignal<Option<String>>,
}

impl Answer {
    pub fn new() -> Self {
        Self { allow: Submit::new(), deny: Submit::new(), leaving_for: RwSignal::new(None) }
    }

    pub fn busy(self) -> bool {
        self.allow.busy() || self.deny.busy()
    }

    pub fn error(self) -> Option<ApiError> {
        self.allow.error().or_else(|| self.deny.error())
    }

    /// Lets the app, or not, and goes where the server says.
    pub fn give(self, request: &AuthorizationRequest, allowed: bool) {
        if untrack(|| self.busy()) {
            return;
        }
        self.allow.show(None);
        self.deny.show(None);
        let submit = if allowed { self.allow } else { self.deny };
        let answer = if allowed { authorization_requests::approve } else { authorization_requests::deny };
        submit.run(answer(&request.id), move |AnsweredRequest { redirect_to }| {
            browser::leave_for(&redirect_to);
            self.leaving_for.set(Some(redirect_to));
        });
    }
}
