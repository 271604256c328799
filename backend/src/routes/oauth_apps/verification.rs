//! The domain of an app's publisher, checked because an admin asks for it.

use actix_web::{post, web::Data};
use api_types::{ProblemType, audit::AuditAction, ids::OAuthAppId, oauth_apps::OAuthApp};
use serde_json::json;

use super::editing::{EditedApp, open};
use crate::{
    app::App,
    auth::Admin,
    db::{
        Tx,
        audit::Who,
        dialect, oauth_apps,
        publisher_domains::{self, DomainState},
    },
    http::{
        etag::{IfMatch, Target},
        made::Made,
        path_id::Noun,
        problem::{Answer, Failure},
    },
    oauth::publisher_domains::{
        check::check,
        outcome::{self, Occasion},
    },
    routes::idempotent::{Claim, IdempotencyKey},
};

/// The time between two checks of an app's domain that admins ask for, in milliseconds.
const BETWEEN_CHECKS: i64 = 10_000;

/// Verify the domain of an OAuth app's publisher
///
/// Gets `https://{publisher_domain}/.well-known/sayless-oauth-apps.txt`, a text with one client id in each line, and looks whether the app's
/// id is among them. The answer is the app: `publisher_domain_verified_at` where the id is there, and in `publisher_domain_fault` what
/// was found instead. A verified domain is checked again about once a day; it is verified no longer once the file lacks the id, or
/// after three checks in a row without a file. A domain is checked every ten seconds at most.
#[utoipa::path(operation_id = "verifyOAuthAppDomain", tag = "OAuth apps",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The app, with what the check found", body = OAuthApp)))]
#[post("/oauth-apps/{id}/verify-domain")]
pub async fn verify_domain(
    app: Data<App>,
    caller: Admin,
    target: Target<OAuthAppId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let who = caller.who();
    let request = key.of(&caller, String::new());
    // The fetch spans no transaction.
    let claimed = match request.claim(&app.base).await? {
        Claim::Answered(response) => return Ok(response),
        Claim::Work(claimed) => claimed,
    };
    let asker = who.clone();
    let begun = app.base.db.write(move |tx| begin(tx, asker, &target)).await;
    let verified = match begun {
        Ok(domain) => look(&app, who, id, domain).await,
        Err(failure) => Err(failure),
    };
    claimed.finish(&app.base, verified).await
}

/// Begins a check; the domain. Refuses one where there is none, and one too many.
fn begin(tx: &mut Tx<'_>, who: Who, target: &Target<OAuthAppId>) -> Answer<String> {
    let edited = open(tx, who, target)?;
    if edited.before.publisher_domain.is_empty() {
        return Err(Failure::conflict("The app names no publisher_domain. Set one first."));
    }
    let now = tx.now();
    let since = publisher_domains::note_asked(tx, target.id, now)?.map(|last| now.millis_since(last));
    // A check that seems to lie ahead was made before the clock was set back.
    if let Some(since) = since.filter(|since| (0..BETWEEN_CHECKS).contains(since)) {
        let detail = "The domain was checked within the last ten seconds. Check it again in a moment.";
        let seconds = u64::try_from((BETWEEN_CHECKS - since).div_euclid(1_000) + 1).unwrap_or(10);
        return Err(Failure::new(ProblemType::RateLimited, detail).retry_after(seconds.min(10)));
    }
    Ok(edited.before.publisher_domain)
}

/// Checks the domain, and stores what was found; the app.
async fn look(app: &App, who: Who, id: OAuthAppId, domain: String) -> Answer<Made> {
    let finding = check(&app.delivery.sender, &domain, id).await;
    let stored = app.base.db.write(move |tx| -> Answer<Made> {
        dialect::lock(tx, id.as_str())?;
        let now = tx.now();
        let row = publisher_domains::find(tx, id)?.ok_or_else(OAuthAppId::missing)?;
        if row.domain != domain {
            return Err(Failure::conflict(
                "The app's domain was changed while it was checked. Check it again.",
            ));
        }
        outcome::store(tx, &who, &row, &finding, Occasion::Asked)?;
        let shown = oauth_apps::find(tx, who.workspace_id, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Made::shown(&shown)
    });
    stored.await
}

/// Ends what was known of the domain that an app had before.
pub fn forget(tx: &mut Tx<'_>, edited: &EditedApp) -> Answer<()> {
    let before = &edited.before;
    publisher_domains::set(tx, before.id, &DomainState::default())?;
    if before.publisher_domain_verified_at.is_none() {
        return Ok(());
    }
    let details =
        json!({ "publisher_domain": before.publisher_domain, "fault": "An admin changed the domain." });
    edited.audit(tx, AuditAction::OAuthAppDomainLost, details)
}
