//! `Idempotency-Key`: the same key and body get the first answer again for 24 hours.
//!
//! The answer is stored in the transaction of the change itself, so there is never a change without its answer.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode};
use api_types::{ProblemType, Timestamp};
use serde::Serialize;
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

use crate::{
    app::App,
    auth::{Caller, permission::Permission},
    body::Body,
    db::{
        Tx, dialect,
        idempotency::{self, Stored, Use},
    },
    problem::{Answer, Failure},
};

const HEADER: &str = "idempotency-key";
const MAX_LEN: usize = 255;
/// How long a first answer is given again: 24 hours.
pub const KEPT_MS: i64 = 24 * 3_600_000;

/// The request's `Idempotency-Key`, if it has one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: Option<String>,
    route: String,
}

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            read(request).map(|key| Self { key, route: format!("{} {}", request.method(), request.path()) }),
        )
    }
}

impl utoipa::IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX_LEN))
            .examples([serde_json::json!("8c0f7a5e-1b44-4c6f-9d0a-3f6b2f1f7a11")]);
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "Any text of your own. The same key with the same body gets the first answer again for 24 hours, so that \
                 a request may be repeated when its answer was lost.",
            ))
            .schema(Some(text));
        vec![parameter.build()]
    }
}

fn read(request: &HttpRequest) -> Result<Option<String>, Failure> {
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= MAX_LEN);
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Failure::parameter(
            "Idempotency-Key",
            format!("It must have 1 to {MAX_LEN} visible ASCII characters."),
        )
    })
}

/// Refuses an `Idempotency-Key` where the answer holds a secret, which is never stored.
#[derive(Clone, Copy, Debug)]
pub struct NoIdempotencyKey;

impl FromRequest for NoIdempotencyKey {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if request.headers().contains_key(HEADER) {
            Err(Failure::new(
                ProblemType::IdempotencyRefused,
                "This answer holds a secret that is shown once and never stored, so it cannot be given again.",
            ))
        } else {
            Ok(Self)
        })
    }
}

/// Runs `work` in one write transaction and answers `status` with what it makes; to a repeated key, the first answer.
pub async fn create<P, B, T, F>(
    app: &App,
    caller: &Caller<P>,
    (key, body): (IdempotencyKey, Body<B>),
    status: u16,
    work: F,
) -> Answer
where
    P: Permission,
    B: Send + 'static,
    T: Serialize,
    F: FnOnce(&mut Tx<'_>, B) -> Result<T, Failure> + Send + 'static,
{
    let Body { value, digest } = body;
    let now = app.clock.now();
    let used = key.used_by(caller);
    let answer = app
        .db
        .write(move |tx| {
            if let Some(used) = &used
                && let Some(stored) = first_answer(tx, used, &digest, now)?
            {
                return Ok(stored);
            }
            let answer = Stored::new(digest, status, &work(tx, value)?, now)?;
            if let Some(used) = &used {
                idempotency::store(tx, used, &answer)?;
            }
            Ok::<_, Failure>(answer)
        })
        .await?;
    Ok(answer.into_response())
}

impl IdempotencyKey {
    /// The use that a caller makes of the key, if there is one.
    pub fn used_by<P: Permission>(self, caller: &Caller<P>) -> Option<Use> {
        let Self { key, route } = self;
        key.map(|key| Use {
            workspace_id: caller.workspace_id(),
            credential: caller.identity().credential().to_owned(),
            route,
            key,
        })
    }
}

impl Stored {
    /// The answer `made`, to a body with this digest.
    pub fn new(
        request_digest: String,
        status: u16,
        made: &impl Serialize,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let body = serde_json::to_string(made).map_err(|error| Failure::internal(&error))?;
        Ok(Self { request_digest, status: i32::from(status), body, created_at: now })
    }

    /// The answer as it is sent.
    pub fn into_response(self) -> HttpResponse {
        let status = u16::try_from(self.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
        HttpResponse::build(status.unwrap_or_default()).content_type("application/json").body(self.body)
    }
}

/// The first answer to this use of a key, if it was used in the last 24 hours; refuses another body, and one that is running.
pub fn first_answer(
    tx: &mut Tx<'_>,
    used: &Use,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Stored>, Failure> {
    let lock = format!("idempotency {} {} {} {}", used.workspace_id, used.credential, used.route, used.key);
    if !dialect::try_lock(tx, &lock)? {
        return Err(Failure::new(
            ProblemType::IdempotencyInProgress,
            "A request with this Idempotency-Key is still running. Ask again in a moment.",
        )
        .retry_after(1));
    }
    let stored = idempotency::find(tx, used)?.filter(|stored| now.millis_since(stored.created_at) < KEPT_MS);
    match stored {
        Some(stored) if stored.request_digest != digest => Err(Failure::new(
            ProblemType::IdempotencyMismatch,
            "This Idempotency-Key was used with another body. Use a new key for a new request.",
        )),
        other => Ok(other),
    }
}
