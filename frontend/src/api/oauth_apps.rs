//! OAuth apps, their client secrets and the authorizations that they have: the operations under `/v1/oauth-apps`.

use api_types::{
    Page,
    authorizations::{Authorization, OAuthAppActivity, Withdrawn},
    ids::{AuthorizationId, OAuthAppId, SecretId, TokenFamilyId},
    incidents::{Acknowledgement, Incident},
    oauth_apps::{
        CreatedClientSecret, CreatedOAuthApp, NewOAuthApp, OAuthApp, OAuthAppChanges, RotateSecret,
    },
    oauth_failures::OAuthFailure,
    token_families::TokenFamily,
};

use crate::{
    api::call::{Call, Query},
    paths::{api as paths, with_query},
};

pub fn list() -> Query<Page<OAuthApp>> {
    Query::new(paths::OAUTH_APPS)
}

/// One app; `id` as it stands in the page's address.
pub fn show(id: &str) -> Query<OAuthApp> {
    Query::new(paths::oauth_app(id))
}

pub fn create(app: &NewOAuthApp) -> Call<CreatedOAuthApp> {
    Call::post(paths::OAUTH_APPS, app)
}

pub fn update(id: OAuthAppId, changes: &OAuthAppChanges) -> Call<OAuthApp> {
    Call::patch(paths::oauth_app(id), changes)
}

pub fn remove(id: OAuthAppId) -> Call<()> {
    Call::delete(paths::oauth_app(id))
}

pub fn suspend(id: OAuthAppId) -> Call<OAuthApp> {
    Call::act(paths::oauth_app_suspend(id))
}

pub fn resume(id: OAuthAppId) -> Call<OAuthApp> {
    Call::act(paths::oauth_app_resume(id))
}

/// Has the file at the domain of the app's publisher looked at.
pub fn verify_domain(id: OAuthAppId) -> Call<OAuthApp> {
    Call::act(paths::oauth_app_verify_domain(id))
}

/// Counts of the tokens that an app holds, and its incidents; `id` as it stands in the page's address.
pub fn show_activity(id: &str) -> Query<OAuthAppActivity> {
    Query::new(paths::oauth_app_activity(id))
}

/// The requests that an app was refused lately; `id` as it stands in the page's address.
pub fn list_failures(id: &str) -> Query<Page<OAuthFailure>> {
    Query::new(paths::oauth_app_failures(id))
}

/// The members who let an app act for them; `id` as it stands in the page's address.
pub fn list_authorizations(id: &str) -> Query<Page<Authorization>> {
    Query::new(paths::oauth_app_authorizations(id))
}

pub fn withdraw_authorization(id: &str, authorization: AuthorizationId) -> Call<()> {
    Call::delete(paths::oauth_app_authorization(id, authorization))
}

pub fn withdraw_all_authorizations(id: OAuthAppId) -> Call<Withdrawn> {
    Call::delete(paths::oauth_app_authorizations(id))
}

/// The live tokens of an app; `id` as it stands in the page's address.
pub fn list_tokens(id: &str) -> Query<Page<TokenFamily>> {
    Query::new(paths::oauth_app_tokens(id))
}

pub fn revoke_tokens(id: &str, family: TokenFamilyId) -> Call<()> {
    Call::delete(paths::oauth_app_token_family(id, family))
}

pub fn acknowledge_incident(id: &str, incident: TokenFamilyId, note: &Acknowledgement) -> Call<Incident> {
    Call::post(paths::oauth_app_incident_acknowledge(id, incident), note)
}

pub fn rotate_secret(id: OAuthAppId, rotation: &RotateSecret) -> Call<CreatedClientSecret> {
    Call::post(paths::oauth_app_secrets(id), rotation)
}

pub fn drop_secret(id: OAuthAppId, secret: SecretId, end_tokens: bool) -> Call<()> {
    let options = [("end_tokens", if end_tokens { "true" } else { "" })];
    Call::delete(with_query(&paths::oauth_app_secret(id, secret), &options))
}
