//! The member's answer to an app's request, and leaving for the app once it is given.

use api_types::authorizations::{AnsweredRequest, AuthorizationRequest};
use leptos::prelude::*;

use crate::{
    api::{authorization_requests, call::Call, error::ApiError},
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
        let (id, member) = (&request.id, request.member.id.as_str());
        if allowed {
            self.send(self.allow, authorization_requests::approve(id, member));
        } else {
            self.send(self.deny, authorization_requests::deny(id, member));
        }
    }

    /// Goes back to the app with a no, where the request could not be shown.
    pub fn turn_back(self, id: &str) {
        self.send(self.deny, authorization_requests::deny(id, ""));
    }

    fn send(self, submit: Submit, call: Call<AnsweredRequest>) {
        if untrack(|| self.busy()) {
            return;
        }
        self.allow.show(None);
        self.deny.show(None);
        submit.run(call, move |AnsweredRequest { redirect_to }| {
            browser::leave_for(&redirect_to);
            self.leaving_for.set(Some(redirect_to));
        });
    }
}
