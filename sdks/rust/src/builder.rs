//! How a client is put together.

use crate::auth::{App, Credentials};
use crate::client::Sayless;
use crate::dispatch::Dispatch;
use crate::error::Error;
use crate::generated::models::Scope;
use crate::http::Http;
use crate::secret::Secret;
use reqwest::Url;
use std::sync::Arc;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_RETRIES: u32 = 3;

/// The options of a client. An option that is left out is taken from the environment (`SAYLESS_URL`, `SAYLESS_API_KEY`) or has a default.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    base_url: Option<String>,
    api_key: Option<Secret>,
    app: Option<(String, Secret)>,
    scopes: Vec<Scope>,
    timeout: Option<Duration>,
    max_retries: Option<u32>,
    http: Option<reqwest::Client>,
}

impl Sayless {
    /// A client of the server at `base_url` with an API key.
    pub fn new(base_url: impl Into<String>, api_key: impl Into<String>) -> Result<Self, Error> {
        Self::builder().base_url(base_url).api_key(api_key.into()).build()
    }

    /// A client of the server that `SAYLESS_URL` names, with the key in `SAYLESS_API_KEY`.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A client with more to say.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// The server's address, such as `https://sayless.example`.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// An API key (`slk_…`).
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// An OAuth app that acts as itself. The client gets tokens, keeps each until shortly before it ends, and gets a new one
    /// where the server refuses it.
    #[must_use]
    pub fn client_credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        self.app = Some((client_id.into(), client_secret.into()));
        self
    }

    /// The scopes of the app's tokens; all that the app has where this is not said.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Scope>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// How long a request may take until its answer is read: 30 seconds where this is not said. A retry has as long again.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How often a failed request is sent again: 3 times where this is not said.
    #[must_use]
    pub const fn max_retries(mut self, times: u32) -> Self {
        self.max_retries = Some(times);
        self
    }

    /// A client of your own: with a proxy, with certificates, with limits. It should follow no redirects.
    /// [`crate::http_client_builder`] is a good start.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client.
    pub fn build(self) -> Result<Sayless, Error> {
        Ok(Sayless { dispatch: Arc::new(self.dispatch()?) })
    }

    fn dispatch(self) -> Result<Dispatch, Error> {
        let base = self.base_url.or_else(|| from_env("SAYLESS_URL"));
        let base = base.ok_or_else(|| Error::invalid("no server: set base_url, or SAYLESS_URL"))?;
        let base = server(&base)?;
        let credentials = match (self.api_key, self.app) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid("an API key or client credentials, not both"));
            }
            (None, Some((id, secret))) => Credentials::App(App::new(id, secret, self.scopes)),
            (key, None) => {
                let key = key.or_else(|| from_env("SAYLESS_API_KEY").map(Secret::from));
                let key =
                    key.ok_or_else(|| Error::invalid("no credential: set api_key, or SAYLESS_API_KEY"))?;
                if key.expose().is_empty() || !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(Error::invalid("the API key is empty, or has characters that no key has"));
                }
                Credentials::ApiKey(key)
            }
        };
        let client = match self.http {
            Some(client) => client,
            None => crate::tls::client(&base)?,
        };
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let max_retries = self.max_retries.unwrap_or(MAX_RETRIES);
        Ok(Dispatch { http: Http { client, base, timeout, max_retries }, credentials })
    }
}

fn from_env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn server(base_url: &str) -> Result<Url, Error> {
    let url =
        Url::parse(base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or_else(|| Error::invalid("base_url is no http or https address"))?;
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(Error::invalid("base_url has more than scheme, host, port and path"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_and_one_credential_are_needed() {
        let builder = || Sayless::builder().base_url("http://127.0.0.1:1");
        assert!(builder().api_key("slk_x").build().is_ok());
        assert!(builder().client_credentials("app_x", "sls_x").build().is_ok());
        assert!(builder().api_key("slk_x").client_credentials("app_x", "sls_x").build().is_err());
        assert!(builder().api_key("slk x").build().is_err());
        for url in
            ["sayless.example", "ftp://sayless.example", "https://me:pw@sayless.example", "https://x/?a=b"]
        {
            assert!(Sayless::new(url, "slk_x").is_err(), "{url}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder =
            Sayless::builder().base_url("http://127.0.0.1:1").client_credentials("app_x", "sls_hidden");
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(printed.contains("app_x") && !printed.contains("sls_hidden"), "{printed}");
    }
}
