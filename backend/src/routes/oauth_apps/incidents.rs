//! Incidents with an OAuth app's tokens, which an admin acknowledges.

use actix_web::{post, web::Data};
use api_types::{
    audit::AuditAction,
    ids::{MemberId, OAuthAppId, TokenFamilyId},
    incidents::{Acknowledgement, Incident},
};
use serde_json::json;

use crate::{
    app::App,
    auth::Admin,
    db::{
        Tx,
        audit::{self, Change, Who},
        incidents, oauth_apps,
    },
    http::{
        body::Body,
        fields::Fields,
        made::Made,
        path_id::{Noun, PathIds},
        problem::{Answer, Failure},
    },
    routes::{idempotent::IdempotencyKey, signed_in::SignedIn},
    secret_scan,
};

/// The most characters of a note.
const MAX_NOTE: usize = 500;

/// Acknowledge an incident with an OAuth app's tokens
///
/// The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
/// earlier ones.
#[utoipa::path(operation_id = "acknowledgeOAuthAppIncident", tag = "OAuth apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("incident_id" = TokenFamilyId, Path, description = "The incident's id"), IdempotencyKey),
    request_body = Acknowledgement,
    responses((status = 200, description = "The incident, which is acknowledged", body = Incident)))]
#[post("/oauth-apps/{id}/incidents/{incident_id}/acknowledge")]
pub async fn acknowledge(
    app: Data<App>,
    caller: Admin,
    PathIds(id, incident): PathIds<OAuthAppId, TokenFamilyId>,
    key: IdempotencyKey,
    body: Body<Acknowledgement>,
) -> Answer {
    let acknowledged = Acknowledged::read(&app, &caller, incident, body.value).await?;
    let who = caller.who();
    let request = key.of(&caller, body.digest);
    let made = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        let found = oauth_apps::find(tx, who.workspace_id, id, now)?.ok_or_else(OAuthAppId::missing)?;
        acknowledged.write(tx, &who, id, &found.name)
    });
    made.await
}

/// An acknowledgement whose note was checked.
#[derive(Debug)]
pub struct Acknowledged {
    incident: TokenFamilyId,
    by: MemberId,
    note: Option<String>,
}

impl Acknowledged {
    /// Checks what an admin says of an incident.
    pub async fn read(
        app: &App,
        caller: &Admin,
        incident: TokenFamilyId,
        given: Acknowledgement,
    ) -> Answer<Self> {
        let mut fields = Fields::new();
        let note = fields.text("note", given.note.as_deref().unwrap_or_default(), 0, MAX_NOTE);
        let note = fields.check(note)?;
        secret_scan::guard(&app.base, &caller.who(), "incident", &[("note", &note)]).await?;
        let note = Some(note).filter(|note| !note.is_empty());
        Ok(Self { incident, by: SignedIn::of(caller)?.id, note })
    }

    /// Stores the acknowledgement of an incident with this app, and answers with the incident.
    pub fn write(self, tx: &mut Tx<'_>, who: &Who, app: OAuthAppId, name: &str) -> Answer<Made> {
        let Self { incident: id, by, note } = self;
        let missing = || Failure::not_found("incident");
        let now = tx.now();
        let before = incidents::find(tx, who.workspace_id, app, id)?.ok_or_else(missing)?;
        incidents::acknowledge(tx, id, by, note.as_deref(), now)?;
        let after = incidents::find(tx, who.workspace_id, app, id)?.ok_or_else(missing)?;
        let details =
            json!({ "token_family": id, "kind": before.kind, "member": before.member.email, "note": note });
        let change = Change::of(AuditAction::OAuthIncidentAcknowledged, app.as_str(), name, details);
        audit::append(tx, who, change)?;
        Ok(Made::json(200, &after)?.about(id.as_str()))
    }
}
