//! `Idempotency-Key`: the same key and body get the first answer again for 24 hours.
//!
//! The answer is stored in the transaction of the change itself, so there is never a change without its answer. A handler
//! takes [`IdempotencyKey`] and answers by [`KeyedRequest::answer`]; one whose answer holds a secret takes [`NoIdempotencyKey`].

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode};
use api_types::ProblemType;
use serde::Serialize;
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

use crate::{
    auth::{Caller, permission::Permission},
    db::{
        Db, Tx,
        idempotency::{self, Stored, Use},
    },
    http::problem::{Answer, Failure},
};

const HEADER: &str = "idempotency-key";
const MAX_LEN: usize = 255;

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

impl IdempotencyKey {
    /// The caller's use of the key; `None` where the request has no key.
    pub fn used_by<P: Permission>(self, caller: &Caller<P>) -> Option<Use> {
        let Self { key, route } = self;
        key.map(|key| Use {
            workspace_id: caller.workspace_id(),
            credential: caller.identity().credential().to_owned(),
            route,
            key,
        })
    }

    /// The request of this caller, whose body has this digest.
    pub fn of<P: Permission>(self, caller: &Caller<P>, digest: String) -> KeyedRequest {
        KeyedRequest { used: self.used_by(caller), digest }
    }
}

/// A request that may repeat an earlier one.
#[derive(Debug)]
pub struct KeyedRequest {
    used: Option<Use>,
    digest: String,
}

impl KeyedRequest {
    /// Runs `work` in one write transaction and answers `status` with what it makes; a repeated request gets the first answer
    /// instead.
    pub async fn answer<T, F>(self, db: &Db, status: u16, work: F) -> Answer
    where
        T: Serialize,
        F: FnOnce(&mut Tx<'_>) -> Answer<T> + Send + 'static,
    {
        let Self { used, digest } = self;
        let stored = db
            .write(move |tx| -> Answer<Stored> {
                if let Some(used) = &used
                    && let Some(first) = idempotency::first_answer(tx, used, &digest)??
                {
                    return Ok(first);
                }
                let made = work(tx)?;
                let answer = Stored::new(digest, status, &made, tx.now())?;
                if let Some(used) = &used {
                    idempotency::store(tx, used, &answer)?;
                }
                Ok(answer)
            })
            .await?;
        Ok(respond(stored))
    }
}

/// A stored answer as it is sent.
pub fn respond(stored: Stored) -> HttpResponse {
    let status = u16::try_from(stored.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    HttpResponse::build(status.unwrap_or_default()).content_type("application/json").body(stored.body)
}
