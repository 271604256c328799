//! A call that is about to be made.

use crate::answer::Answer;
use crate::client::{Client, Sayless};
use crate::error::Error;
use crate::request::Request;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

/// A call of an operation: nothing is sent before it is awaited (or, for the blocking client, sent). To drop the future is to
/// cancel the call.
///
/// ```no_run
/// # async fn example(sayless: sayless::Sayless) -> Result<(), sayless::Error> {
/// use sayless::models::NewTicket;
/// use std::time::Duration;
///
/// let new = NewTicket::new("Printer on fire");
/// let ticket = sayless.tickets().create(&new).idempotency_key("order-4711").timeout(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before the call is awaited"]
pub struct Call<C, T> {
    pub(crate) client: C,
    pub(crate) request: Request,
    pub(crate) decode: fn(&Answer) -> Result<T, Error>,
}

/// The answer of a call, with what its headers say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<T> {
    /// The operation's answer.
    pub value: T,
    /// The object's version, for [`Call::if_match`].
    pub etag: Option<String>,
    /// The request's id, for the server's operator.
    pub request_id: Option<String>,
    /// True if this is the first answer to the call's idempotency key once more.
    pub replayed: bool,
    /// The HTTP status.
    pub status: u16,
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<C: Client, T> Call<C, T> {
    pub(crate) fn new(client: &C, request: Request) -> Self
    where
        T: DeserializeOwned,
    {
        Self { client: client.clone(), request, decode }
    }

    /// A key of your own, 1 to 255 visible ASCII characters: a call with the same key and the same body happens once. Without
    /// it the SDK makes a new key for each call, which all of the call's retries share.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.request.set_key(key.into());
        self
    }

    /// Makes the change only if the object is still of this version ([`Response::etag`]); otherwise the call fails with
    /// [`crate::ErrorKind::PreconditionFailed`].
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.request.set_if_match(etag.into());
        self
    }

    /// How long one request of this call may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    /// How often this call is sent again after a failure.
    pub fn max_retries(mut self, times: u32) -> Self {
        self.request.max_retries = Some(times);
        self
    }

    /// The same call, which also gives what the answer's headers say.
    pub fn with_response(self) -> Call<C, Response<T>>
    where
        T: DeserializeOwned,
    {
        Call { client: self.client, request: self.request, decode: decode_response }
    }
}

impl<T> Call<Sayless, T> {
    /// Makes the call. Awaiting the call itself does the same.
    pub async fn send(self) -> Result<T, Error> {
        let answer = self.client.dispatch.send(&self.request).await?;
        (self.decode)(&answer)
    }
}

impl<T: 'static> IntoFuture for Call<Sayless, T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<C, T> fmt::Debug for Call<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    let body: &[u8] = if answer.body.is_empty() { b"null" } else { &answer.body };
    // The parser's own words may repeat a value, and a value may be a secret.
    serde_json::from_slice(body).map_err(|error| Error::Unreadable {
        request_id: answer.request_id(),
        reason: format!("unexpected JSON in line {}, column {}", error.line(), error.column()),
    })
}

fn decode_response<T: DeserializeOwned>(answer: &Answer) -> Result<Response<T>, Error> {
    Ok(Response {
        value: decode(answer)?,
        etag: answer.header("etag").map(str::to_owned),
        request_id: answer.request_id(),
        replayed: answer.header("idempotent-replayed") == Some("true"),
        status: answer.status,
    })
}
