//! What every call of a client shares: the server and the credential.

use crate::answer::Answer;
use crate::auth::Credentials;
use crate::error::{ApiError, Error};
use crate::http::Http;
use crate::request::Request;
use reqwest::header;

/// A client's inside.
pub(crate) struct Dispatch {
    pub http: Http,
    pub credentials: Credentials,
}

impl Dispatch {
    /// Sends a request until it is answered for good; a refusal is an error.
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let url = request.url(&self.http.base)?;
        let key = request.key()?;
        let plan = self.http.plan(request.is_repeatable(), request.max_retries);
        let mut renewed = false;
        loop {
            let bearer = self.credentials.bearer(&self.http).await?;
            let build = || {
                let builder = self.http.request(request.method.clone(), url.clone(), request.timeout);
                let mut builder = builder.bearer_auth(bearer.expose());
                if let Some(body) = &request.body {
                    builder = builder.header(header::CONTENT_TYPE, "application/json").body(body.clone());
                }
                if let Some(key) = &key {
                    builder = builder.header("idempotency-key", key);
                }
                match &request.if_match {
                    Some(etag) => builder.header(header::IF_MATCH, etag),
                    None => builder,
                }
            };
            let answer = self.http.exchange(plan, build).await?;
            if answer.status == 401 && !renewed && self.credentials.forget(&bearer).await {
                renewed = true;
                continue;
            }
            if (200..300).contains(&answer.status) {
                return Ok(answer);
            }
            return Err(Error::Api(Box::new(ApiError::read(&answer))));
        }
    }
}
