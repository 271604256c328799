//! The workspace's policy: the apps of other workspaces that may come in, and those known by a document that may ask.

use actix_web::{get, patch, web::Data};
use api_types::{
    app_installs::{AppPolicyChange, AppPolicySetting},
    audit::AuditAction,
};
use serde_json::json;

use crate::{
    app::App,
    auth::Admin,
    db::{
        app_installs::{self, PolicyUpdate},
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
    Ok(Shown(policy.await?))
}

/// Choose which apps may come in
///
/// Apps that are installed stay. `client_documents` says whether apps that are known by a metadata document may ask; the policy says
/// who lets them in, as it does for apps of other workspaces.
#[utoipa::path(operation_id = "updateAppPolicy", tag = "Installed apps",
    security(("session" = ["admin"])), request_body = AppPolicyChange,
    responses((status = 200, description = "The policy", body = AppPolicySetting)))]
#[patch("/app-policy")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    body: Body<AppPolicyChange>,
) -> Answer<Shown<AppPolicySetting>> {
    let change = check(&body.value)?;
    let who = caller.who();
    let changed = app.base.db.write(move |tx| -> Answer<AppPolicySetting> {
        let workspace = who.workspace_id;
        dialect::lock(tx, &format!("app policy of {workspace}"))?;
        let before = app_installs::policy(tx, workspace)?;
        app_installs::set_policy(tx, workspace, change)?;
        let after = app_installs::policy(tx, workspace)?;
        let details = json!({ "before": before, "after": after });
        let change = Change::of(AuditAction::AppPolicyChanged, workspace.as_str(), "", details);
        audit::append(tx, &who, change)?;
        Ok(after)
    });
    Ok(Shown(changed.await?))
}

fn check(change: &AppPolicyChange) -> Answer<PolicyUpdate> {
    let mut fields = Fields::new();
    let changes = PolicyUpdate {
        app_policy: change
            .policy
            .as_ref()
            .and_then(|word| fields.word("policy", word, &["open", "ask", "list"])),
        client_documents: change
            .client_documents
            .as_ref()
            .and_then(|word| fields.word("client_documents", word, &["off", "on"])),
    };
    fields.check(changes)
}
