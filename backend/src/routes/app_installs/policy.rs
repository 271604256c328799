//! Which apps of other workspaces may come in.

use actix_web::{get, patch, web::Data};
use api_types::{
    app_installs::{AppPolicy, AppPolicyChange, AppPolicySetting},
    audit::AuditAction,
};
use serde_json::json;

use crate::{
    app::App,
    auth::Admin,
    db::{
        app_installs,
        audit::{self, Change},
        dialect,
    },
    http::{body::Body, etag::Shown, fields::Fields, problem::Answer},
};

/// Show which apps may come in
#[utoipa::path(operation_id = "getAppPolicy", tag = "Installed apps",
    security(("session" = ["admin"])),
    responses((status = 200, description = "The policy", body = AppPolicySetting)))]
#[get("/app-policy")]
pub async fn show(app: Data<App>, caller: Admin) -> Answer<Shown<AppPolicySetting>> {
    let workspace = caller.workspace_id();
    let policy = app.base.db.read(move |conn| -> Answer<_> { Ok(app_installs::policy(conn, workspace)?) });
    Ok(Shown(AppPolicySetting { policy: policy.await? }))
}

/// Choose which apps may come in
///
/// Apps that are installed stay.
#[utoipa::path(operation_id = "updateAppPolicy", tag = "Installed apps",
    security(("session" = ["admin"])), request_body = AppPolicyChange,
    responses((status = 200, description = "The policy", body = AppPolicySetting)))]
#[patch("/app-policy")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    body: Body<AppPolicyChange>,
) -> Answer<Shown<AppPolicySetting>> {
    let mut fields = Fields::new();
    let wanted: Option<AppPolicy> = fields.word("policy", &body.value.policy, &["open", "ask", "list"]);
    fields.done()?;
    let policy = wanted.unwrap_or(AppPolicy::Ask);
    let who = caller.who();
    let changed = app.base.db.write(move |tx| -> Answer<AppPolicySetting> {
        let workspace = who.workspace_id;
        dialect::lock(tx, &format!("app policy of {workspace}"))?;
        let before = app_installs::policy(tx, workspace)?;
        app_installs::set_policy(tx, workspace, policy)?;
        let details = json!({ "before": before, "after": policy });
        let change = Change::of(AuditAction::AppPolicyChanged, workspace.as_str(), "", details);
        audit::append(tx, &who, change)?;
        Ok(AppPolicySetting { policy })
    });
    Ok(Shown(changed.await?))
}
