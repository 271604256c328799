//! The member's answer to an app's request, and leaving for the app once it is given.

use api_types::{
    Scope,
    authorizations::{AnsweredRequest, Approval, AuthorizationRequest, RequestedScope, ScopeChoice},
};
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
    /// The member's wish that an admin lets the app in.
    pub ask: Submit,
    /// The address that the member is sent to, once the server has named it.
    pub leaving_for: RwSignal<Option<String>>,
    /// The optional scopes that are not ticked, once the member has changed that.
    left_out: RwSignal<Option<Vec<Scope>>>,
}

impl Answer {
    pub fn new() -> Self {
        Self {
            allow: Submit::new(),
            deny: Submit::new(),
            ask: Submit::new(),
            leaving_for: RwSignal::new(None),
            left_out: RwSignal::new(None),
        }
    }

    pub fn busy(self) -> bool {
        self.allow.busy() || self.deny.busy()
    }

    pub fn error(self) -> Option<ApiError> {
        self.allow.error().or_else(|| self.deny.error())
    }

    /// The optional scopes that are not ticked. Until the member changes that, they are those that the member has not allowed before.
    pub fn left_out(self, scopes: &[RequestedScope]) -> Vec<Scope> {
        self.left_out.get().unwrap_or_else(|| {
            let open =
                scopes.iter().filter(|scope| scope.choice != ScopeChoice::Required && !scope.granted_before);
            open.map(|scope| scope.scope).collect()
        })
    }

    /// Ticks an optional scope, or takes the tick away.
    pub fn tick(self, scopes: &[RequestedScope], scope: Scope, on: bool) {
        let mut left_out = untrack(|| self.left_out(scopes));
        left_out.retain(|other| *other != scope);
        if !on {
            left_out.push(scope);
        }
        self.left_out.set(Some(left_out));
    }

    /// Lets the app, or not, and goes where the server says.
    pub fn give(self, request: &AuthorizationRequest, allowed: bool) {
        let (id, member) = (&request.id, request.member.id.as_str());
        if allowed {
            let left_out = untrack(|| self.left_out(&request.scopes));
            let declined = left_out.iter().map(|scope| scope.as_str().to_owned()).collect();
            let approval = Approval { declined_scopes: Some(declined) };
            self.send(self.allow, authorization_requests::approve(id, member, &approval));
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
