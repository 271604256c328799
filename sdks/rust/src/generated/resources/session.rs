// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of session.

use crate::call::Call;
use crate::client::Client;
use crate::request::Request;
use reqwest::Method;

/// The operations of session.
#[derive(Debug, Clone)]
pub struct Session<C> {
    client: C,
}

impl<C: Client> Session<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Show who is calling.
    ///
    /// The member, their role and workspace, and what the plan allows. Answers keys and tokens too.
    ///
    /// **Permission:** any member's session, or any key or token
    pub fn get(&self) -> Call<C, crate::generated::models::Session> {
        Call::new(&self.client, Request::new(Method::GET, &["v1", "session"]))
    }
}
