//! Apps of other workspaces in this one, and which may come in: the operations under `/v1/app-installs` and `/v1/app-policy`.

use api_types::{
    Page,
    app_installs::{AppInstall, AppInstallActivity, AppPolicyChange, AppPolicySetting},
    ids::{AppInstallId, TokenFamilyId},
    incidents::{Acknowledgement, Incident},
    token_families::TokenFamily,
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn list() -> Query<Page<AppInstall>> {
    Query::new(paths::APP_INSTALLS)
}

/// One install; `id` as it stands in the page's address.
pub fn show(id: &str) -> Query<AppInstall> {
    Query::new(paths::app_install(id))
}

/// Counts of the tokens that an installed app holds here, and its incidents; `id` as it stands in the page's address.
pub fn show_activity(id: &str) -> Query<AppInstallActivity> {
    Query::new(paths::app_install_activity(id))
}

/// The live tokens of an installed app; `id` as it stands in the page's address.
pub fn list_tokens(id: &str) -> Query<Page<TokenFamily>> {
    Query::new(paths::app_install_tokens(id))
}

pub fn revoke_tokens(id: &str, family: TokenFamilyId) -> Call<()> {
    Call::delete(paths::app_install_token_family(id, family))
}

pub fn acknowledge_incident(id: &str, incident: TokenFamilyId, note: &Acknowledgement) -> Call<Incident> {
    Call::post(paths::app_install_incident_acknowledge(id, incident), note)
}

/// A decision about an install: `approve`, `refuse`, `pause` or `resume`.
pub fn decide(id: AppInstallId, decision: &str) -> Call<AppInstall> {
    Call::act(paths::app_install_decision(id, decision))
}

pub fn remove(id: AppInstallId) -> Call<()> {
    Call::delete(paths::app_install(id))
}

pub fn policy() -> Query<AppPolicySetting> {
    Query::new(paths::APP_POLICY)
}

/// Changes the policy; what `change` leaves out stays.
pub fn set_policy(change: &AppPolicyChange) -> Call<AppPolicySetting> {
    Call::patch(paths::APP_POLICY, change)
}
