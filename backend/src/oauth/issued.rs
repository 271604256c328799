//! What the token endpoint answers with, and how many tokens apps were given as themselves: counted in memory and written in
//! batches, since those tokens are not stored.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use api_types::{Scope, Timestamp, ids::OAuthAppId};
use serde::Serialize;

use super::access_token::{self, Claims};
use crate::{
    app::App,
    db::{dialect, tokens},
    problem::Failure,
};

const MINUTE_MS: i64 = 60_000;

/// Tokens, as RFC 6749, section 5.1, has them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IssuedTokens {
    /// A JWT of the type `at+jwt`, to be sent as a Bearer credential.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.…")]
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How long the access token works, in seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// What it may do, separated by spaces: perhaps less than was asked for.
    #[schema(example = "tickets:read")]
    pub scope: String,
    /// Gives the next tokens, once; absent where the app may not refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "slr_…")]
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedTokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Signs an access token and puts the answer together.
pub async fn answer(
    app: &App,
    claims: &Claims,
    scopes: &[Scope],
    refresh_token: Option<String>,
) -> Result<IssuedTokens, Failure> {
    Ok(IssuedTokens {
        access_token: access_token::sign(app, claims).await?,
        token_type: "Bearer",
        expires_in: access_token::LIFETIME_MS / 1_000,
        scope: access_token::scope_text(scopes),
        refresh_token,
    })
}

/// Tokens that apps were given as themselves and that are not written yet, by minute.
#[derive(Debug, Default)]
pub struct IssuedCounts(Mutex<HashMap<(OAuthAppId, i64), i64>>);

impl IssuedCounts {
    /// Counts one.
    pub fn note(&self, app: OAuthAppId, at: Timestamp) {
        let minute = at.as_millis() / MINUTE_MS * MINUTE_MS;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((app, minute)).or_default() += 1;
    }

    fn take(&self) -> HashMap<(OAuthAppId, i64), i64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what was counted since the last time.
pub async fn flush(app: &App) {
    let counted = app.issued.take();
    if counted.is_empty() {
        return;
    }
    let written = app
        .db
        .write(move |tx| {
            dialect::lock(tx, "issued tokens")?;
            for ((app, minute), more) in counted {
                tokens::add_issued(tx, app, Timestamp::from_millis(minute), more)?;
            }
            Ok::<_, Failure>(())
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "how many tokens some apps were given was not written");
    }
}
