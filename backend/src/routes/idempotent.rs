//! `Idempotency-Key`: the same key and body get the first answer again for 24 hours.
//!
//! The answer is stored in the transaction of the change itself, so there is never a change without its answer. A handler
//! takes [`IdempotencyKey`] and answers by [`KeyedRequest::answer`]. An answer that holds a secret is kept sealed, for ten
//! minutes; then only its status and its object are known. What works outside of a transaction takes the key first
//! ([`KeyedRequest::claim`]).

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use api_types::problem::FaultCode;
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

use crate::{
    auth::{Caller, permission::Permission},
    base::Base,
    crypto::keys::ServerKeys,
    db::{
        Tx,
        audit::Who,
        idempotency::{self, Given, SEALED_MS, Stored, Use},
    },
    http::{
        made::Made,
        problem::{Answer, Failure},
    },
};

const HEADER: &str = "idempotency-key";
/// The header of an answer that is given again.
const REPLAYED: &str = "idempotent-replayed";
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
        Failure::header(
            "Idempotency-Key",
            FaultCode::Malformed,
            format!("It must have 1 to {MAX_LEN} visible ASCII characters."),
        )
    })
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

    /// The request of a member who proves who they are, but has no session yet.
    pub fn of_member(self, who: &Who, digest: String) -> KeyedRequest {
        let Self { key, route } = self;
        let credential = format!("sign-in of {}", who.actor.id.as_deref().unwrap_or_default());
        let used = key.map(|key| Use { workspace_id: who.workspace_id, credential, route, key });
        KeyedRequest { used, digest }
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
    /// Runs `work` in one write transaction and answers with what it makes; a repeated request gets the first answer instead.
    pub async fn answer<F>(self, base: &Base, work: F) -> Answer
    where
        F: FnOnce(&mut Tx<'_>) -> Answer<Made> + Send + 'static,
    {
        let Self { used, digest } = self;
        let keys = base.keys.clone();
        let given = base.db.write(move |tx| -> Answer<Repeatable> {
            let Some(used) = used else { return Ok(Repeatable::New(work(tx)?)) };
            if let Some(first) = idempotency::first_answer(tx, &used, &digest)?? {
                return Ok(Repeatable::Again(reopen(&keys, &used, first)?));
            }
            let made = work(tx)?;
            let kept = keep(tx, &keys, &used, digest, &made)?;
            idempotency::store(tx, &used, &kept)?;
            Ok(Repeatable::New(made))
        });
        Ok(given.await?.into_response())
    }

    /// Takes the key for work outside of a transaction; a repeated request gets the first answer instead.
    pub async fn claim(self, base: &Base) -> Answer<Claim> {
        let Self { used, digest } = self;
        let Some(used) = used else { return Ok(Claim::Work(Claimed { key: None })) };
        let keys = base.keys.clone();
        let first = base.db.write(move |tx| -> Answer<Result<Made, Claimed>> {
            if let Some(first) = idempotency::first_answer(tx, &used, &digest)?? {
                return Ok(Ok(reopen(&keys, &used, first)?));
            }
            idempotency::claim(tx, &used, &digest)?;
            Ok(Err(Claimed { key: Some((used, digest)) }))
        });
        Ok(match first.await? {
            Ok(made) => Claim::Answered(Repeatable::Again(made).into_response()),
            Err(claimed) => Claim::Work(claimed),
        })
    }
}

/// The outcome of taking a key.
#[derive(Debug)]
pub enum Claim {
    /// The request was answered before; this is that answer.
    Answered(HttpResponse),
    /// The work is to be done.
    Work(Claimed),
}

/// A key that is taken, if the request has one, until the work is done.
#[derive(Debug)]
pub struct Claimed {
    key: Option<(Use, String)>,
}

impl Claimed {
    /// Keeps the work's answer and sends it. A failure is not kept: the same key may try again.
    pub async fn finish(self, base: &Base, made: Answer<Made>) -> Answer {
        let Some((used, digest)) = self.key else { return made.map(Made::into_response) };
        let keys = base.keys.clone();
        let kept = base.db.write(move |tx| -> Answer<Answer<Made>> {
            match &made {
                Ok(made) => {
                    let kept = keep(tx, &keys, &used, digest, made)?;
                    idempotency::store(tx, &used, &kept)?;
                }
                Err(_) => idempotency::release(tx, &used)?,
            }
            Ok(made)
        });
        kept.await?.map(Made::into_response)
    }
}

/// An answer, made just now or kept from the first request.
enum Repeatable {
    New(Made),
    Again(Made),
}

impl Repeatable {
    fn into_response(self) -> HttpResponse {
        match self {
            Self::New(made) => made.into_response(),
            Self::Again(made) => made.header(REPLAYED, "true".into()).into_response(),
        }
    }
}

/// The answer as it is kept: sealed where it holds a secret.
fn keep(tx: &Tx<'_>, keys: &ServerKeys, used: &Use, digest: String, made: &Made) -> Answer<Stored> {
    let headers = serde_json::to_string(&made.headers).map_err(|error| Failure::internal(&error))?;
    let keep = |text: &str| -> Answer<String> {
        if !made.is_secret {
            return Ok(text.to_owned());
        }
        let sealed = keys.sealing.seal(&used.name(), text.as_bytes(), tx.random().bytes());
        sealed.map_err(|error| Failure::internal(&error))
    };
    Ok(Stored {
        request_digest: digest,
        status: i32::from(made.status),
        body: keep(&made.body)?,
        created_at: tx.now(),
        headers: (!made.headers.is_empty()).then(|| keep(&headers)).transpose()?,
        object_id: made.object.clone(),
        sealed_until: made.is_secret.then(|| tx.now() + SEALED_MS),
    })
}

/// A kept answer as it was made.
fn reopen(keys: &ServerKeys, used: &Use, stored: Stored) -> Answer<Made> {
    let is_secret = stored.sealed_until.is_some();
    let open = |text: String| -> Answer<String> {
        if !is_secret {
            return Ok(text);
        }
        let opened = keys.sealing.open(&used.name(), &text).map_err(|error| Failure::internal(&error))?;
        String::from_utf8(opened).map_err(|error| Failure::internal(&error))
    };
    let headers = stored.headers.map(open).transpose()?;
    let headers = headers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(Made {
        status: u16::try_from(stored.status).unwrap_or(200),
        headers,
        body: open(stored.body)?,
        object: stored.object_id,
        is_secret,
    })
}

/// An answer to a published event, as it is sent.
pub fn respond(given: Given) -> HttpResponse {
    let Given { answer, replayed } = given;
    let made = Made {
        status: u16::try_from(answer.status).unwrap_or(200),
        headers: Vec::new(),
        body: answer.body,
        object: None,
        is_secret: false,
    };
    if replayed { Repeatable::Again(made) } else { Repeatable::New(made) }.into_response()
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::HeaderValue, test::TestRequest};
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn a_key_is_visible_ascii_of_some_length_and_comes_as_it_is() {
        let bytes = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20),
            prop::collection::vec(0x20_u8..0x7f, 0..300),
            prop::collection::vec(0x21_u8..0x7f, 250..260),
        ];
        hold(&bytes, |bytes| {
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { return };
            let request = TestRequest::default().insert_header((HEADER, value)).to_http_request();
            let is_visible = bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e | b'\t'));
            let is_good = is_visible && (1..=255).contains(&bytes.len());
            match read(&request) {
                Ok(key) => assert_eq!(key.map(String::into_bytes), Some(bytes).filter(|_| is_good)),
                Err(_) => assert!(!is_good, "{bytes:?}"),
            }
        });
        assert_eq!(read(&TestRequest::default().to_http_request()).ok(), Some(None));
    }
}
