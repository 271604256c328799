//! Authorization codes: made for a consent, and redeemed for tokens (OAuth 2.1, section 4.1.3) once, by the app that the code was
//! made for, with the right verifier.

use api_types::{
    Scope, Timestamp,
    ids::{AuthorizationId, OAuthAppId, TokenFamilyId},
    oauth_failures::FailureCause,
};
use diesel::QueryResult;

use super::{
    client::Client,
    copies::{self, Reused},
    error::OAuthError,
    issue::{Consented, Redeemed, Redeeming},
    params::Params,
    pkce, redirect_uri,
    token_response::{self, IssuedTokens},
    uri_difference,
};
use crate::{
    auth::parts::Auth,
    base::Base,
    crypto::{self, keys::ServerKeys},
    db::{
        Json, Tx,
        authorization_codes::{self, CodeRow},
    },
};

/// How long a code works, in milliseconds (OAuth 2.1, section 4.1.2).
const CODE_MS: i64 = 60_000;
/// The one answer to every code that gives nothing. Only the app's admins are told the cause.
fn invalid(cause: FailureCause, detail: impl Into<Box<str>>) -> OAuthError {
    let description =
        "The code has expired, was used, is not this client's, or does not fit what came with it.";
    OAuthError::grant(cause, description).because(detail)
}

/// The refusal of a code whose consent is over.
fn consent_ended() -> OAuthError {
    invalid(FailureCause::ConsentEnded, "The member withdrew the consent, or left the workspace.")
}

/// The refusal of a code that is another app's, or nobody's.
fn unknown(of_another: bool) -> OAuthError {
    if of_another {
        return invalid(FailureCause::CodeOfAnotherApp, "The code was issued to another app.");
    }
    let detail =
        "There is no such code. It may be cut off or decoded wrongly, or have ended more than a day ago.";
    invalid(FailureCause::CodeUnknown, detail)
}

/// The part of a request to which a member has agreed, and the proof that the app must bring for it.
#[derive(Clone, Debug)]
pub struct Agreed<'a> {
    /// The address that the code goes to.
    pub redirect_uri: &'a str,
    /// The scopes that the app gets.
    pub scopes: Vec<Scope>,
    /// The SHA-256 of the code's verifier, in base64url.
    pub code_challenge: String,
    /// The audience of the tokens, where the app named one.
    pub audience: Option<String>,
}

/// Makes a code for what a member has agreed to, and stores what the code stands for.
pub fn issue(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    client: OAuthAppId,
    authorization: AuthorizationId,
    agreed: Agreed<'_>,
) -> QueryResult<String> {
    let code = crypto::text(&tx.random().bytes::<32>());
    let row = CodeRow {
        digest: keys.digest(&code).0,
        app_id: client,
        authorization_id: authorization,
        redirect_uri: agreed.redirect_uri.to_owned(),
        scopes: Json::new(agreed.scopes),
        code_challenge: agreed.code_challenge,
        expires_at: tx.now() + CODE_MS,
        used_at: None,
        family_id: None,
        resource: agreed.audience,
    };
    authorization_codes::insert(tx, &row)?;
    Ok(code)
}

/// Redeems the code in `params`.
pub async fn redeem(
    auth: &Auth,
    client: &Client,
    params: &Params,
    audience: Option<String>,
) -> Result<IssuedTokens, OAuthError> {
    let code = params.required("code", "code is missing.")?;
    let redemption = Redemption {
        base: auth.base.clone(),
        client: client.clone(),
        digests: auth.base.keys.digests(code),
        redirect_uri: params.get("redirect_uri").map(Into::into),
        verifier: params.get("code_verifier").map(Into::into),
        audience,
    };
    let redeemed = auth.base.db.execute(move |tx| redemption.run(tx)).await??;
    Ok(token_response::answer(auth, &redeemed.claims, &redeemed.scopes, redeemed.refresh_token).await?)
}

/// A code that a client presents, with what came beside it.
struct Redemption {
    base: Base,
    client: Client,
    /// The code's digests, under each pepper.
    digests: Vec<String>,
    redirect_uri: Option<String>,
    verifier: Option<String>,
    audience: Option<String>,
}

/// Tokens, or a refusal. The changes behind a refusal are committed too: the code is used up, or the tokens of its first use
/// have ended.
type RedeemOutcome = Result<Redeemed, OAuthError>;

impl Redemption {
    fn run(&self, tx: &mut Tx<'_>) -> QueryResult<RedeemOutcome> {
        let now = tx.now();
        let code = match authorization_codes::find(tx, &self.digests)? {
            Some(code) if code.app_id == self.client.record.id => code,
            found => return Ok(Err(unknown(found.is_some()))),
        };
        if code.used_at.is_some() {
            return self.refuse_reuse(tx, &code.digest);
        }
        if let Err(refusal) = self.fits(&code, now) {
            return Ok(Err(refusal));
        }
        let family: TokenFamilyId = tx.new_id();
        let proof = self.proof(&code);
        // A wrong verifier uses the code up as well: there is one guess.
        if !authorization_codes::use_up(tx, &code.digest, proof.is_ok().then_some(family), now)? {
            return self.refuse_reuse(tx, &code.digest);
        }
        if let Err(refusal) = proof {
            return Ok(Err(refusal));
        }
        let redeeming = Redeeming { base: &self.base, client: &self.client };
        let consented = Consented {
            authorization: code.authorization_id,
            scopes: code.scopes.into_inner(),
            audience: self.audience.clone().or(code.resource),
        };
        match redeeming.cut(tx, consented, consent_ended())? {
            Ok(standing) => redeeming.begin_family(tx, family, standing).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Refuses a code that is too old, or was issued for another redirect URI. It stays good.
    fn fits(&self, code: &CodeRow, now: Timestamp) -> Result<(), OAuthError> {
        if code.expires_at <= now {
            let seconds = now.millis_since(code.expires_at) / 1_000;
            let detail =
                format!("The code had expired {seconds} s before. A code works for {} s.", CODE_MS / 1_000);
            return Err(invalid(FailureCause::CodeExpired, detail));
        }
        let Some(sent) = self.redirect_uri.as_ref().filter(|uri| **uri != code.redirect_uri) else {
            return Ok(());
        };
        let issued_for = uri_difference::shown(&code.redirect_uri);
        let difference = uri_difference::between(&code.redirect_uri, sent);
        let differs = difference.map_or_else(String::new, |parts| format!(" What came differs by {parts}."));
        let detail = format!("The code was issued for another redirect URI: {issued_for}.{differs}");
        Err(invalid(FailureCause::CodeRedirectUriMismatch, detail))
    }

    /// Refuses a wrong verifier, and a code whose redirect URI is registered no more.
    fn proof(&self, code: &CodeRow) -> Result<(), OAuthError> {
        pkce::verify(self.verifier.as_deref(), &code.code_challenge)
            .map_err(|(cause, detail)| invalid(cause, detail))?;
        let uris = &self.client.record.redirect_uris;
        if uris.iter().any(|known| redirect_uri::matches(known, &code.redirect_uri)) {
            return Ok(());
        }
        let uri = uri_difference::shown(&code.redirect_uri);
        let detail = format!("The code was issued for {uri}, which is registered no more.");
        Err(invalid(FailureCause::RedirectUriRemoved, detail))
    }

    /// Refuses a code that was used before. One of the two who had the code copied it, so the tokens that it gave end (OAuth 2.1,
    /// section 4.1.3).
    fn refuse_reuse(&self, tx: &mut Tx<'_>, digest: &str) -> QueryResult<RedeemOutcome> {
        // Read anew: the quicker request has written meanwhile which family the code gave.
        let code = authorization_codes::find(tx, &[digest.to_owned()])?;
        let (used_at, family) = code.map_or((None, None), |code| (code.used_at, code.family_id));
        let became = if let Some(family) = family {
            copies::end_family(tx, &self.client, family, Reused::Code)?;
            "The tokens that it gave have ended."
        } else {
            "It gave no tokens: what came with it then was wrong."
        };
        let at = used_at.map_or_else(String::new, |at| format!(", at {at}"));
        Ok(Err(invalid(FailureCause::CodeUsed, format!("The code was used before{at}. {became}"))))
    }
}
