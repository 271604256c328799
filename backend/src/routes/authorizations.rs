//! A member's own authorizations: the apps that they let act for them.

use actix_web::{HttpResponse, delete, get, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    authorizations::Authorization,
    ids::{AuthorizationId, MemberId},
};
use serde_json::json;

use crate::{
    app::App,
    auth::{Caller, Identity, permission::MemberSession},
    db::{
        Tx,
        audit::{self, Change, Who},
        authorizations::{self, Whose},
    },
    paging::{PageParams, Slice},
    problem::{Answer, Failure},
    wake::Hint,
};

/// List one's authorizations
///
/// The apps that the member lets act for them in this workspace, newest first.
#[utoipa::path(tag = "Authorizations", security(("session" = [])), params(PageParams),
    responses((status = 200, description = "A page of authorizations", body = Page<Authorization>)))]
#[get("/authorizations")]
pub async fn list(
    app: Data<App>,
    caller: Caller<MemberSession>,
    page: Query<PageParams>,
) -> Answer<Json<Page<Authorization>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let whose = Whose::Member(caller.workspace_id(), member(&caller)?);
    let rows = app.db.read(move |conn| Ok::<_, Failure>(authorizations::list(conn, whose, slice)?)).await?;
    Ok(Json(slice.page(rows, |authorization| authorization.id, &app.keys)))
}

/// Withdraw one's authorization
///
/// The app can no longer act for the member: every token that came from it stops at once.
#[utoipa::path(tag = "Authorizations", security(("session" = [])),
    params(("id" = AuthorizationId, Path, description = "The authorization's id")),
    responses((status = 204, description = "Withdrawn")))]
#[delete("/authorizations/{id}")]
pub async fn withdraw(app: Data<App>, caller: Caller<MemberSession>, path: Path<String>) -> Answer {
    let id = parse_id(&path)?;
    let whose = Whose::Member(caller.workspace_id(), member(&caller)?);
    let (inner, who) = (app.clone(), caller.who());
    app.db.write(move |tx| withdraw_one(tx, &inner, &who, whose, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn member(caller: &Caller<MemberSession>) -> Result<MemberId, Failure> {
    match caller.identity() {
        Identity::Member { id, .. } => Ok(*id),
        _ => Err(Failure::internal(&"a session operation was reached by a key")),
    }
}

/// Reads an authorization's id from a path.
pub fn parse_id(path: &str) -> Result<AuthorizationId, Failure> {
    path.parse().map_err(|_| Failure::not_found("authorization"))
}

/// Withdraws one of these authorizations.
pub fn withdraw_one(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    whose: Whose,
    id: AuthorizationId,
) -> Result<(), Failure> {
    let withdrawn = withdraw_in(tx, app, who, whose, Some(id))?;
    if withdrawn == 0 { Err(Failure::not_found("authorization")) } else { Ok(()) }
}

/// Withdraws these authorizations, or only one of them; each has its entry in the audit log. Answers how many there were.
pub fn withdraw_in(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    whose: Whose,
    only: Option<AuthorizationId>,
) -> Result<u64, Failure> {
    let withdrawn = authorizations::withdraw(tx, whose, only, app.clock.now())?;
    for authorization in &withdrawn {
        let change = Change {
            action: AuditAction::AuthorizationWithdrawn,
            object_id: Some(authorization.app.id.as_str()),
            object_name: &authorization.app.name,
            details: json!({ "authorization": authorization.id, "member": authorization.member.email,
                "scopes": authorization.scopes }),
        };
        audit::append(tx, app, who, change)?;
    }
    tx.on_commit(Hint::CredentialsChanged);
    Ok(withdrawn.len() as u64)
}
