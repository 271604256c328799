//! Apps of other workspaces in this one, and which may come in: the operations under `/v1/app-installs` and `/v1/app-policy`.

use api_types::{
    Page,
    app_installs::{AppInstall, AppPolicyChange, AppPolicySetting},
    ids::AppInstallId,
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn list() -> Query<Page<AppInstall>> {
    Query::new(paths::APP_INSTALLS)
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
