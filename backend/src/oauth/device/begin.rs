//! `/oauth/device_authorization`: a device begins to wait for a member (RFC 8628, section 3.1).

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use api_types::{
    Scope,
    oauth_apps::GrantType,
    oauth_failures::{FailureCause, OAuthEndpoint},
};
use diesel::QueryResult;
use serde::Serialize;

use super::{INTERVAL_SECS, LIFETIME_MS, page, user_code};
use crate::{
    auth::parts::Auth,
    crypto::{self, keys::ServerKeys},
    db::{
        Json as Column, Tx,
        device_authorizations::{self as devices, DeviceRow},
        dialect,
    },
    oauth::{
        client::{self, Client},
        error::{ErrorBody, ErrorCode, OAuthError},
        failures::Refusable,
        forms::DeviceAuthorizationForm,
        limits::Call,
        params::{Form, Params},
        resource, scope,
    },
};

/// The most devices of one app that wait at the same time.
const MAX_WAITING: i64 = 1_000;
const TOO_MANY_WAITING: OAuthError = OAuthError::new(
    ErrorCode::TemporarilyUnavailable,
    FailureCause::DevicesWaiting,
    "Too many devices of this app wait for an answer. Retry-After says when to try again.",
)
.too_many(60);

/// The two codes of a device, and where a person types one of them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DeviceAuthorization {
    /// The secret that the device sends to `/oauth/token`; shown to nobody.
    #[schema(example = "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS5I")]
    pub device_code: String,
    /// The code that a person types.
    #[schema(example = "WDJB-MJHT")]
    pub user_code: String,
    /// Where the person types it.
    #[schema(example = "https://sayless.example/oauth/device")]
    pub verification_uri: String,
    /// That address with the code in it, for a QR code.
    #[schema(example = "https://sayless.example/oauth/device?user_code=WDJB-MJHT")]
    pub verification_uri_complete: String,
    /// The seconds for which both codes work.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// The seconds to wait between two polls.
    #[schema(example = 5)]
    pub interval: i64,
}

impl std::fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceAuthorization")
    }
}

/// Begin a device authorization
///
/// For programs and screens without a browser (RFC 8628). The app authenticates as at the token endpoint, shows `user_code` and
/// `verification_uri`, and polls `/oauth/token` with `device_code` every `interval` seconds. Both codes work for ten minutes.
#[utoipa::path(operation_id = "createDeviceAuthorization", tag = "OAuth protocol",
    security(("client" = []), ()),
    request_body(content = DeviceAuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The codes", body = DeviceAuthorization),
        (status = 400, description = "Refused", body = ErrorBody),
        (status = 401, description = "Not a client", body = ErrorBody),
        (status = 413, description = "Larger than is read", body = ErrorBody),
        (status = 415, description = "In a compression that is not known here", body = ErrorBody),
        (status = 429, description = "Too many requests; `Retry-After` says when to come back", body = ErrorBody),
        (status = 500, description = "Something failed on our side", body = ErrorBody),
        (status = 503, description = "Not now; `Retry-After` says when to come back", body = ErrorBody)))]
#[post("/oauth/device_authorization")]
pub async fn create_device_authorization(
    auth: Data<Auth>,
    request: HttpRequest,
    form: Form,
) -> Result<Json<DeviceAuthorization>, OAuthError> {
    let call = Refusable::new(&auth, OAuthEndpoint::DeviceAuthorization, &request, &form);
    call.noted(authorize(&auth, &request, form.params)).await.map(Json)
}

async fn authorize(
    auth: &Auth,
    request: &HttpRequest,
    params: Result<Params, OAuthError>,
) -> Result<DeviceAuthorization, OAuthError> {
    let params = params?;
    let base = &auth.base;
    let client = client::authenticate(auth, request, &params).await?;
    client.check_limits(auth, Call::Device)?;
    client.check_grant(GrantType::DeviceCode)?;
    let issuer = base.settings.issuer();
    let audience = resource::audience(&params, &issuer)?;
    let scopes = scope::narrow(params.get("scope"), &client.record.scopes)?;
    let device_code = crypto::text(&base.random.bytes::<32>());
    let keys = base.keys.clone();
    let digest = keys.digest(&device_code).0;
    let begun = base.db.execute(move |tx| begin(tx, &keys, &client, digest, (scopes, audience)));
    let user_code = user_code::shown(&begun.await?.ok_or(TOO_MANY_WAITING)?);
    let verification_uri = page(&issuer);
    Ok(DeviceAuthorization {
        device_code,
        verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
        user_code,
        verification_uri,
        expires_in: LIFETIME_MS / 1_000,
        interval: INTERVAL_SECS,
    })
}

/// Stores that a device waits; its user code. None where too many of the app's devices wait.
fn begin(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    client: &Client,
    digest: String,
    (scopes, audience): (Vec<Scope>, Option<String>),
) -> QueryResult<Option<String>> {
    let app = client.record.id;
    let now = tx.now();
    dialect::lock(tx, &format!("device authorizations of {app}"))?;
    if devices::count_waiting(tx, app, now)? >= MAX_WAITING {
        return Ok(None);
    }
    let code = free_user_code(tx, keys)?;
    let row = DeviceRow {
        digest,
        user_code_digest: keys.digest(&code).0,
        app_id: app,
        scopes: Column::new(scopes),
        resource: audience,
        expires_at: now + LIFETIME_MS,
        interval_secs: INTERVAL_SECS,
        polled_at: None,
        authorization_id: None,
        denied: false,
        used_at: None,
    };
    devices::insert(tx, &row)?;
    Ok(Some(code))
}

fn free_user_code(tx: &mut Tx<'_>, keys: &ServerKeys) -> QueryResult<String> {
    loop {
        let code = user_code::new(tx.random());
        if !devices::is_taken(tx, &keys.digests(&code))? {
            return Ok(code);
        }
    }
}
