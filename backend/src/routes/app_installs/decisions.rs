//! An admin's decisions about an app of another workspace: to let it in, to refuse, pause, resume or remove it.

use actix_web::{HttpResponse, delete, post, web::Data};
use api_types::{
    app_installs::{AppInstall, InstallStatus},
    audit::AuditAction,
    ids::{AppInstallId, OAuthAppId},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::Admin,
    db::{
        Tx, app_installs,
        audit::{self, Change, Who},
        authorizations::AuthorizationsOf,
        dialect,
    },
    delivery,
    http::{
        etag::{IfMatch, Target},
        made::Made,
        path_id::Noun,
        problem::{Answer, Failure},
    },
    oauth::{admission, withdraw},
    routes::idempotent::{IdempotencyKey, KeyedRequest},
};

/// A decision: which installs it is about, and what becomes of them.
struct Decision {
    from: &'static [InstallStatus],
    to: InstallStatus,
    action: AuditAction,
    /// The sentence for an admin where the install is in another state.
    otherwise: &'static str,
}

const APPROVE: Decision = Decision {
    from: &[InstallStatus::Requested, InstallStatus::Refused],
    to: InstallStatus::Active,
    action: AuditAction::AppInstallApproved,
    otherwise: "The app is paused. Resume it instead.",
};
const REFUSE: Decision = Decision {
    from: &[InstallStatus::Requested],
    to: InstallStatus::Refused,
    action: AuditAction::AppInstallRefused,
    otherwise: "The app is installed. Pause or remove it instead.",
};
const PAUSE: Decision = Decision {
    from: &[InstallStatus::Active],
    to: InstallStatus::Paused,
    action: AuditAction::AppInstallPaused,
    otherwise: "The app is not installed.",
};
const RESUME: Decision = Decision {
    from: &[InstallStatus::Paused],
    to: InstallStatus::Active,
    action: AuditAction::AppInstallResumed,
    otherwise: "The app is not installed. Approve it instead.",
};

/// Let an app in
///
/// One that a member asked for, or that was refused. Members may let it act for them from now on. Approving an app that is active
/// changes nothing.
#[utoipa::path(operation_id = "approveAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = AppInstallId, Path, description = "The install's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The install, which is active", body = AppInstall)))]
#[post("/app-installs/{id}/approve")]
pub async fn approve(
    app: Data<App>,
    caller: Admin,
    target: Target<AppInstallId>,
    key: IdempotencyKey,
) -> Answer {
    decide(&app, caller.who(), target, key.of(&caller, String::new()), &APPROVE).await
}

/// Refuse an app
///
/// One that a member asked for. Members may not ask for it again; an admin may still approve it. Refusing a refused app changes
/// nothing.
#[utoipa::path(operation_id = "refuseAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = AppInstallId, Path, description = "The install's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The install, which is refused", body = AppInstall)))]
#[post("/app-installs/{id}/refuse")]
pub async fn refuse(
    app: Data<App>,
    caller: Admin,
    target: Target<AppInstallId>,
    key: IdempotencyKey,
) -> Answer {
    decide(&app, caller.who(), target, key.of(&caller, String::new()), &REFUSE).await
}

/// Pause an installed app
///
/// The app's tokens are refused in this workspace, and its webhooks here are disabled, until it is resumed. Elsewhere it works on. Pausing
/// a paused app changes nothing.
#[utoipa::path(operation_id = "pauseAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = AppInstallId, Path, description = "The install's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The install, which is paused", body = AppInstall)))]
#[post("/app-installs/{id}/pause")]
pub async fn pause(
    app: Data<App>,
    caller: Admin,
    target: Target<AppInstallId>,
    key: IdempotencyKey,
) -> Answer {
    decide(&app, caller.who(), target, key.of(&caller, String::new()), &PAUSE).await
}

/// Resume an installed app
///
/// It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
/// nothing.
#[utoipa::path(operation_id = "resumeAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = AppInstallId, Path, description = "The install's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The install, which is active", body = AppInstall)))]
#[post("/app-installs/{id}/resume")]
pub async fn resume(
    app: Data<App>,
    caller: Admin,
    target: Target<AppInstallId>,
    key: IdempotencyKey,
) -> Answer {
    decide(&app, caller.who(), target, key.of(&caller, String::new()), &RESUME).await
}

/// Remove an installed app
///
/// It can no longer act for anybody of this workspace, for good: what members allowed it here ends, and its webhooks here are
/// disabled. It may be asked for anew.
#[utoipa::path(operation_id = "deleteAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])),
    params(("id" = AppInstallId, Path, description = "The install's id"), IfMatch),
    responses((status = 204, description = "Removed")))]
#[delete("/app-installs/{id}")]
pub async fn remove(app: Data<App>, caller: Admin, target: Target<AppInstallId>) -> Answer {
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    let removed = app.base.db.write(move |tx| -> Answer<()> {
        let install = open(tx, &who, &target)?;
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, &publisher, &who, app.as_str());
        let whose = AuthorizationsOf::App(who.workspace_id, install.app.id);
        let withdrawn = withdraw::withdraw(tx, &who, whose, None, end_owner)?;
        app_installs::delete(tx, who.workspace_id, install.id)?;
        end_owner(tx, install.app.id)?;
        let details = json!({ "authorizations": withdrawn });
        append_audit(tx, &who, &install, AuditAction::AppInstallRemoved, details)
    });
    removed.await?;
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}

/// Finds the install, about which nobody else decides until the transaction ends.
fn open(tx: &mut Tx<'_>, who: &Who, target: &Target<AppInstallId>) -> Answer<AppInstall> {
    let found = app_installs::find(tx, who.workspace_id, target.id)?.ok_or_else(AppInstallId::missing)?;
    dialect::lock(tx, &admission::lock_of(found.app.id, who.workspace_id))?;
    let found = app_installs::find(tx, who.workspace_id, target.id)?.ok_or_else(AppInstallId::missing)?;
    target.if_match.check(&found)?;
    tx.credentials_changed(who.workspace_id);
    Ok(found)
}

fn append_audit(
    tx: &mut Tx<'_>,
    who: &Who,
    install: &AppInstall,
    action: AuditAction,
    details: Value,
) -> Answer<()> {
    let change = Change::of(action, install.id.as_str(), &install.app.name, details);
    Ok(audit::append(tx, who, change)?)
}

async fn decide(
    app: &App,
    who: Who,
    target: Target<AppInstallId>,
    request: KeyedRequest,
    decision: &'static Decision,
) -> Answer {
    let publisher = app.delivery.publisher.clone();
    let decided = request.answer(&app.base, move |tx| -> Answer<Made> {
        let before = open(tx, &who, &target)?;
        if before.status == decision.to {
            return Made::shown(&before);
        }
        if !decision.from.contains(&before.status) {
            return Err(Failure::conflict(decision.otherwise));
        }
        let now = tx.now();
        app_installs::set_status(tx, who.workspace_id, before.app.id, decision.to, now)?;
        delivery::end_owner(tx, &publisher, &who, before.app.id.as_str())?;
        let details = json!({ "app": before.app.id, "before": before.status });
        append_audit(tx, &who, &before, decision.action, details)?;
        let after = app_installs::find(tx, who.workspace_id, before.id)?;
        Made::shown(&after.ok_or_else(AppInstallId::missing)?)
    });
    let decided = decided.await?;
    if decision.to == InstallStatus::Paused {
        app.delivery.views.settled().await;
    }
    Ok(decided)
}
