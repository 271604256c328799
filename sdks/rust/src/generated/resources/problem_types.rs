// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of problem types.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{ProblemDescription, ProblemDescriptions, ProblemType};
use crate::request::Request;
use reqwest::Method;

/// The operations of problem types.
#[derive(Debug, Clone)]
pub struct ProblemTypes<C> {
    client: C,
}

impl<C: Client> ProblemTypes<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Show a problem type.
    ///
    /// What the error means and what to do. This is the address in a problem's `type`. A browser gets a page.
    pub fn get(&self, name: impl Into<ProblemType>) -> Call<C, ProblemDescription> {
        let name: ProblemType = name.into();
        Call::new(&self.client, Request::new(Method::GET, &["problems", name.as_str()]))
    }

    /// List problem types.
    ///
    /// All errors of `/v1`: what each means and what to do. A browser gets a page.
    pub fn list(&self) -> Call<C, ProblemDescriptions> {
        Call::new(&self.client, Request::new(Method::GET, &["problems"]))
    }
}
