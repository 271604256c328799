//! Tokens for a refresh token: each works once and gives its successor (RFC 9700, section 4.14). Where that answer was lost, the
//! same successor is given again, until it or its access token is used. After that, somebody has a copy, and the family ends.

use api_types::{
    Scope, Timestamp, account::Role, ids::TokenFamilyId, incidents::IncidentKind,
    oauth_failures::FailureCause,
};
use diesel::QueryResult;

use super::{
    admission,
    client::Client,
    copies::{self, Reused},
    error::OAuthError,
    params::Params,
    refresh_token,
    scope::{NO_SCOPE_LEFT, available, narrow, refuse_more},
    token_response::{self, IssuedTokens},
};
use crate::{
    auth::{claims::Claims, parts::Auth},
    base::Base,
    db::{
        Tx, accounts, dialect, restores,
        token_families::{self, LiveFamily, Rotation},
        tokens::{self, NewTokenRow},
    },
};

const DAY_MS: i64 = 24 * 3_600_000;
/// How long a refresh token lives without being used, in milliseconds.
pub const REFRESH_IDLE_MS: i64 = 30 * DAY_MS;
/// How long a family lives however busy, in milliseconds.
const FAMILY_MAX_MS: i64 = 365 * DAY_MS;
/// The milliseconds for which a refresh token that was used still gives its successor, where it does not end sooner itself.
const AGAIN_MS: i64 = DAY_MS;

/// The one answer to every refresh token that gives nothing. Only the app's admins are told the cause.
fn invalid(cause: FailureCause, detail: impl Into<Box<str>>) -> OAuthError {
    let description = "The refresh token has expired, was used, was revoked, or is not this client's.";
    OAuthError::grant(cause, description).because(detail)
}

/// Refreshes by the token in `params`.
pub async fn refresh(
    auth: &Auth,
    client: &Client,
    params: &Params,
    audience: Option<String>,
) -> Result<IssuedTokens, OAuthError> {
    let token = params.required("refresh_token", "refresh_token is missing.")?;
    let (family, generation) = refresh_token::read(&auth.base.keys, token)
        .ok_or_else(|| invalid(FailureCause::RefreshTokenUnknown, resembles(token)))?;
    let refreshing = Refreshing {
        base: auth.base.clone(),
        client: client.clone(),
        family,
        generation,
        scope: params.get("scope").map(Into::into),
        audience,
    };
    let refreshed = auth.base.db.execute(move |tx| refreshing.run(tx)).await??;
    let successor = Some(refreshed.refresh_token);
    Ok(token_response::answer(auth, &refreshed.claims, &refreshed.scopes, successor).await?)
}

/// A refresh token that a client presents, with the `scope` that came beside it.
struct Refreshing {
    base: Base,
    client: Client,
    family: TokenFamilyId,
    generation: i64,
    scope: Option<String>,
    audience: Option<String>,
}

/// The tokens that a refresh token gave.
struct Refreshed {
    scopes: Vec<Scope>,
    refresh_token: String,
    claims: Claims,
}

/// Tokens, or a refusal. The changes behind a refusal are committed too: the family may have ended.
type RefreshOutcome = Result<Refreshed, OAuthError>;

impl Refreshing {
    fn run(&self, tx: &mut Tx<'_>) -> QueryResult<RefreshOutcome> {
        // Changes of a family come one after the other, so that two refreshes at once give the same successor.
        dialect::lock(tx, &format!("token family {}", self.family))?;
        let now = tx.now();
        let family = match token_families::find(tx, self.family)? {
            Some(family) if family.row.app_id == self.client.record.id => family,
            _ => return Ok(Err(self.ended(tx)?)),
        };
        let is_again = match self.place(tx, &family)? {
            Ok(is_again) => is_again,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = admission::check(tx, &self.client.record, family.row.workspace_id)? {
            return Ok(Err(refusal));
        }
        let role = accounts::role(tx, family.row.workspace_id, family.member)?;
        let role = match alive(&family, role, now) {
            Ok(role) => role,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let scopes = match self.scopes(&family, role) {
            Ok(scopes) => scopes,
            Err(error) => return Ok(Err(error)),
        };
        if !is_again {
            let ends_at = (now + REFRESH_IDLE_MS).min(family.row.created_at + FAMILY_MAX_MS);
            let again_until = (now + AGAIN_MS).min(family.row.ends_at);
            let rotation = Rotation { now, ends_at, again_until };
            token_families::rotate(tx, self.family, &self.client.asker(), rotation)?;
        }
        let present = family.row.generation;
        let successor = if is_again { present } else { present + 1 };
        self.issue(tx, family, scopes, successor).map(Ok)
    }

    /// Finds the token's place in its family: `false` for the present one, `true` for the one before, which gives the present one again.
    /// Any other is refused.
    fn place(&self, tx: &mut Tx<'_>, family: &LiveFamily) -> QueryResult<Result<bool, OAuthError>> {
        let now = tx.now();
        let present = family.row.generation;
        let again_until = family.row.again_until.filter(|_| family.row.used_generation < present);
        let again = again_until.filter(|_| self.generation == present - 1);
        // A token of a generation that was never given here was given in a time that a restore took back.
        let is_ahead = self.generation > present;
        if is_ahead && restores::last(tx)?.is_some_and(|restored_at| family.row.rotated_at <= restored_at) {
            token_families::revoke(tx, self.family, token_families::RESTORED, None, now)?;
            let detail =
                "The refresh token was given before the server's database was put back to an earlier state.";
            return Ok(Err(invalid(FailureCause::RefreshTokenRevoked, detail)));
        }
        let replaced_at = family.row.rotated_at;
        if again.is_some_and(|until| until <= now) {
            let detail = format!(
                "The refresh token was replaced at {replaced_at}, too long ago to give its successor again."
            );
            return Ok(Err(invalid(FailureCause::RefreshTokenReplaced, detail)));
        }
        let is_again = again.is_some();
        if self.generation != present && !is_again {
            copies::end_family(tx, &self.client, self.family, Reused::RefreshToken(self.generation))?;
            let detail = format!(
                "The refresh token was replaced, and its successor was used; the newest one was given at {replaced_at}. One of the \
                 two was a copy, so all tokens of this consent's code have ended."
            );
            return Ok(Err(invalid(FailureCause::RefreshTokenReused, detail)));
        }
        Ok(Ok(is_again))
    }

    /// The refusal of a token whose family has ended, or is another app's.
    fn ended(&self, tx: &mut Tx<'_>) -> QueryResult<OAuthError> {
        let end = token_families::end(tx, self.family)?;
        let Some(end) = end else {
            let detail = "The refresh token was given long ago, and nothing is known of it any more.";
            return Ok(invalid(FailureCause::RefreshTokenUnknown, detail));
        };
        if end.app_id != self.client.record.id {
            return Ok(invalid(
                FailureCause::RefreshTokenOfAnotherApp,
                "The refresh token was given to another app.",
            ));
        }
        let why = match end.reason.as_deref() {
            Some(token_families::SECRET_DROPPED) => "its client secret was dropped, and its tokens with it",
            Some(token_families::GIVEN_BACK) => "the app gave it back",
            Some(token_families::BY_ADMIN) => "an admin ended it",
            Some(token_families::RESTORED) => "the server's database was put back to an earlier state",
            Some(reason) if reason == IncidentKind::CodeReused.as_str() => "its code was used twice",
            Some(reason) if reason == IncidentKind::RefreshTokenReused.as_str() => {
                "an earlier refresh token was used again after its successor"
            }
            _ => "the consent was withdrawn, or the app was removed",
        };
        let at = end.revoked_at.map_or_else(String::new, |at| format!(" at {at}"));
        Ok(invalid(FailureCause::RefreshTokenRevoked, format!("The refresh token was revoked{at}: {why}.")))
    }

    fn issue(
        &self,
        tx: &mut Tx<'_>,
        family: LiveFamily,
        scopes: Vec<Scope>,
        generation: i64,
    ) -> QueryResult<Refreshed> {
        let now = tx.now();
        let client = &self.client.record;
        let claims = Claims::new(&self.base, client.client_id(), family.member.as_str(), &scopes, now)
            .with_audience(self.audience.clone().or(family.row.resource));
        let row = NewTokenRow {
            id: &claims.jti,
            family_id: self.family,
            app_id: client.id,
            expires_at: claims.ends_at(),
            secret_id: self.client.secret,
            generation,
        };
        tokens::insert(tx, row)?;
        let refresh_token = refresh_token::derive(&self.base.keys, self.family, generation);
        Ok(Refreshed { scopes, refresh_token, claims })
    }

    /// The scopes of the next access token: those of the family, or fewer that the client names, without those that the app, the
    /// member's consent or the member's role has lost since.
    fn scopes(&self, family: &LiveFamily, role: Role) -> Result<Vec<Scope>, OAuthError> {
        let client = &self.client.record;
        let given = &family.row.scopes.0;
        let scope = self.scope.as_deref();
        refuse_more(scope, given, &available(Scope::ALL, client, role))?;
        let mut left = available(given, client, role);
        left.retain(|scope| family.consented.contains(scope));
        if left.is_empty() { Err(NO_SCOPE_LEFT) } else { narrow(scope, &left) }
    }
}

/// The role of a family's member, while the member is there and the refresh token has not expired.
fn alive(family: &LiveFamily, role: Option<Role>, now: Timestamp) -> Result<Role, OAuthError> {
    let ends_at = family.row.ends_at;
    if !family.row.refreshable || ends_at <= now {
        let detail =
            format!("The refresh token had expired at {ends_at}, after 30 days without use or a year.");
        return Err(invalid(FailureCause::RefreshTokenExpired, detail));
    }
    role.ok_or_else(|| invalid(FailureCause::ConsentEnded, "The member left the workspace."))
}

/// A sentence about a text that came as a refresh token and is none of this server's.
fn resembles(token: &str) -> &'static str {
    match token.get(..4) {
        Some("slr_") => {
            "What came as the refresh token begins like one (slr_), but is cut off, was changed, or is another server's."
        }
        Some("sls_") => "What came as the refresh token is a client secret (sls_).",
        Some("slk_") => "What came as the refresh token is an API key (slk_).",
        _ if token.starts_with("eyJ") => "What came as the refresh token looks like an access token (a JWT).",
        _ => "What came as the refresh token is none of this server's: those begin with slr_.",
    }
}
