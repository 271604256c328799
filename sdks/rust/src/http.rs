//! How requests go out, and go out again where they failed.

use crate::answer::{Answer, Lost};
use crate::error::Error;
use crate::retry::{self, Plan};
use reqwest::{Method, RequestBuilder, Url, header};
use std::time::Duration;

/// The server, and how it is spoken to.
pub(crate) struct Http {
    pub client: reqwest::Client,
    pub base: Url,
    pub timeout: Duration,
    pub max_retries: u32,
}

const USER_AGENT: &str = concat!("sayless-rust/", env!("CARGO_PKG_VERSION"));

impl Http {
    /// Sends what `build` makes, as often as the plan allows.
    pub async fn exchange(
        &self,
        plan: Plan,
        build: impl Fn() -> RequestBuilder + Send,
    ) -> Result<Answer, Error> {
        let mut attempt = 0;
        loop {
            let outcome = once(build()).await;
            let Some(pause) = plan.pause(&outcome, attempt, retry::chance()) else {
                return Ok(outcome?);
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    pub fn plan(&self, repeatable: bool, max_retries: Option<u32>) -> Plan {
        Plan { repeatable, max_retries: max_retries.unwrap_or(self.max_retries) }
    }

    pub fn request(&self, method: Method, url: Url, timeout: Option<Duration>) -> RequestBuilder {
        let agent = format!("{USER_AGENT} ({}; {})", std::env::consts::OS, std::env::consts::ARCH);
        let builder = self.client.request(method, url).timeout(timeout.unwrap_or(self.timeout));
        builder.header(header::USER_AGENT, agent).header(header::ACCEPT, "application/json")
    }
}

async fn once(request: RequestBuilder) -> Result<Answer, Lost> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.bytes().await?.to_vec();
    Ok(Answer { status, headers, body })
}
