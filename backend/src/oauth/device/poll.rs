//! A device asks at `/oauth/token` for its tokens (RFC 8628, section 3.4), until a member has answered.

use api_types::{ids::TokenFamilyId, oauth_failures::FailureCause};
use diesel::QueryResult;

use crate::{
    auth::parts::Auth,
    base::Base,
    db::{
        Tx,
        device_authorizations::{self as devices, DeviceRow},
    },
    oauth::{
        client::Client,
        error::{ErrorCode, OAuthError},
        issue::{Consented, Redeemed, Redeeming},
        params::Params,
        token_response::{self, IssuedTokens},
    },
};

/// The seconds by which the interval grows with each poll that comes too soon (RFC 8628, section 3.5).
const SLOWER_SECS: i64 = 5;
/// Milliseconds that a poll may come too soon: the network takes its time differently for each.
const LEEWAY_MS: i64 = 500;

/// The one answer to every device code that gives nothing, and will not. Only the app's admins are told the cause.
fn invalid(cause: FailureCause, detail: &str) -> OAuthError {
    let description = "The device code is unknown, was used, is not this client's, or its consent has ended.";
    OAuthError::grant(cause, description).because(detail)
}

const PENDING: OAuthError = OAuthError::new(
    ErrorCode::AuthorizationPending,
    FailureCause::AnswerPending,
    "The member has not answered yet. Ask again.",
);
const TOO_SOON: OAuthError = OAuthError::new(
    ErrorCode::SlowDown,
    FailureCause::PolledTooOften,
    "The member has not answered yet, and you ask too often. Wait 5 seconds longer between two polls from now on.",
);
const EXPIRED: OAuthError = OAuthError::new(
    ErrorCode::ExpiredToken,
    FailureCause::DeviceCodeExpired,
    "The member has not answered in time. Begin again.",
);
const DENIED: OAuthError =
    OAuthError::new(ErrorCode::AccessDenied, FailureCause::MemberDenied, "The member did not allow it.");

/// Gives the tokens for the device code in `params`, once a member has allowed it.
pub async fn redeem(
    auth: &Auth,
    client: &Client,
    params: &Params,
    audience: Option<String>,
) -> Result<IssuedTokens, OAuthError> {
    let code = params.required("device_code", "device_code is missing.")?;
    let poll = Poll {
        base: auth.base.clone(),
        client: client.clone(),
        digests: auth.base.keys.digests(code),
        audience,
    };
    let redeemed = auth.base.db.execute(move |tx| poll.run(tx)).await??;
    Ok(token_response::answer(auth, &redeemed.claims, &redeemed.scopes, redeemed.refresh_token).await?)
}

/// A device code that a client presents.
struct Poll {
    base: Base,
    client: Client,
    /// The code's digests, under each pepper.
    digests: Vec<String>,
    audience: Option<String>,
}

impl Poll {
    /// Tokens, or a refusal. The changes behind a refusal are committed too: the poll is noted. The row is locked, so that of polls that
    /// come at once each sees what the one before it did.
    fn run(&self, tx: &mut Tx<'_>) -> QueryResult<Result<Redeemed, OAuthError>> {
        let now = tx.now();
        let Some(device) = devices::lock(tx, &self.digests)? else {
            let detail =
                "There is no such device code. It may be cut off, or have ended more than a day ago.";
            return Ok(Err(invalid(FailureCause::DeviceCodeUnknown, detail)));
        };
        if device.app_id != self.client.record.id {
            let detail = "The device code was given to another app.";
            return Ok(Err(invalid(FailureCause::DeviceCodeOfAnotherApp, detail)));
        }
        if let Some(at) = device.used_at {
            let detail = format!("The device code gave its tokens before, at {at}.");
            return Ok(Err(invalid(FailureCause::DeviceCodeUsed, &detail)));
        }
        if device.expires_at <= now {
            return Ok(Err(EXPIRED));
        }
        if device.denied {
            return Ok(Err(DENIED));
        }
        let Some(authorization) = device.authorization_id else { return wait(tx, &device).map(Err) };
        let redeeming = Redeeming { base: &self.base, client: &self.client };
        let consented = Consented {
            authorization,
            scopes: device.scopes.into_inner(),
            audience: self.audience.clone().or(device.resource),
        };
        let ended = "The member withdrew the consent, or left the workspace.";
        let over = invalid(FailureCause::ConsentEnded, ended);
        let standing = match redeeming.cut(tx, consented, over)? {
            Ok(standing) => standing,
            Err(refusal) => return Ok(Err(refusal)),
        };
        devices::use_up(tx, &device.digest, now)?;
        let family: TokenFamilyId = tx.new_id();
        redeeming.begin_family(tx, family, standing).map(Ok)
    }
}

/// Notes a poll before there is an answer, and what the device is told.
fn wait(tx: &mut Tx<'_>, device: &DeviceRow) -> QueryResult<OAuthError> {
    let now = tx.now();
    let pause = device.interval_secs * 1_000 - LEEWAY_MS;
    let too_soon = device.polled_at.is_some_and(|last| now.millis_since(last) < pause);
    let interval = device.interval_secs + if too_soon { SLOWER_SECS } else { 0 };
    devices::set_polled(tx, &device.digest, interval, now)?;
    Ok(if too_soon { TOO_SOON } else { PENDING })
}
