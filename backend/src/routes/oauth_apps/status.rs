//! An OAuth app suspended, and working again.

use actix_web::{post, web::Data};
use api_types::{
    audit::AuditAction,
    ids::OAuthAppId,
    oauth_apps::{OAuthApp, OAuthAppStatus},
};
use serde_json::json;

use super::{editing::open, elsewhere};
use crate::{
    app::App,
    auth::Admin,
    db::{audit::Who, oauth_apps},
    delivery,
    http::{
        etag::{IfMatch, Target},
        made::Made,
        problem::Answer,
    },
    routes::idempotent::{IdempotencyKey, KeyedRequest},
};

/// Suspend an OAuth app
///
/// It gets no tokens, and those it has are refused, until it is resumed. Its webhooks are disabled. Suspending a suspended app
/// changes nothing.
#[utoipa::path(operation_id = "suspendOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The suspended app", body = OAuthApp)))]
#[post("/oauth-apps/{id}/suspend")]
pub async fn suspend(
    app: Data<App>,
    caller: Admin,
    target: Target<OAuthAppId>,
    key: IdempotencyKey,
) -> Answer {
    let request = key.of(&caller, String::new());
    set(&app, caller.who(), target, request, OAuthAppStatus::Suspended).await
}

/// Resume an OAuth app
///
/// It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
/// nothing.
#[utoipa::path(operation_id = "resumeOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The app, which works", body = OAuthApp)))]
#[post("/oauth-apps/{id}/resume")]
pub async fn resume(
    app: Data<App>,
    caller: Admin,
    target: Target<OAuthAppId>,
    key: IdempotencyKey,
) -> Answer {
    let request = key.of(&caller, String::new());
    set(&app, caller.who(), target, request, OAuthAppStatus::Active).await
}

async fn set(
    app: &App,
    who: Who,
    target: Target<OAuthAppId>,
    request: KeyedRequest,
    wanted: OAuthAppStatus,
) -> Answer {
    let publisher = app.delivery.publisher.clone();
    let set = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = open(tx, who, &target)?;
        if edited.before.status == wanted {
            return Made::shown(&edited.before);
        }
        let (action, at) = match wanted {
            OAuthAppStatus::Suspended => (AuditAction::OAuthAppSuspended, Some(tx.now())),
            OAuthAppStatus::Active => (AuditAction::OAuthAppResumed, None),
        };
        oauth_apps::set_suspended(tx, edited.who.workspace_id, target.id, at)?;
        delivery::end_owner(tx, &publisher, &edited.who, target.id.as_str())?;
        elsewhere::stop(tx, &publisher, target.id)?;
        let details = match wanted {
            OAuthAppStatus::Suspended => json!({}),
            OAuthAppStatus::Active => json!({ "suspended_at": edited.before.suspended_at }),
        };
        edited.audit(tx, action, details)?;
        Made::shown(&edited.shown(tx)?)
    });
    let set = set.await?;
    if wanted == OAuthAppStatus::Suspended {
        app.delivery.views.settled().await;
    }
    Ok(set)
}
