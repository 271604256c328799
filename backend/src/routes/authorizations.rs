//! A member's own authorizations: the apps that they let act for them.

use actix_web::{HttpResponse, delete, get, web::Data, web::Json};
use api_types::{
    Page,
    authorizations::Authorization,
    ids::{AuthorizationId, OAuthAppId},
};

use super::signed_in::SignedIn;
use crate::{
    app::App,
    auth::{Caller, permission::MemberSession},
    db::{
        Tx,
        authorizations::{self, AuthorizationsOf},
    },
    delivery,
    http::{
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::Query,
    },
    oauth,
};

/// List one's authorizations
///
/// The apps that the member lets act for them in this workspace, newest first.
#[utoipa::path(operation_id = "listAuthorizations", tag = "Authorizations",
    security(("session" = [])), params(PageParams),
    responses((status = 200, description = "A page of authorizations", body = Page<Authorization>)))]
#[get("/authorizations")]
pub async fn list(
    app: Data<App>,
    caller: Caller<MemberSession>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<Authorization>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let whose = AuthorizationsOf::Member(caller.workspace_id(), SignedIn::of(&caller)?.id);
    let rows = app.base.db.read(move |conn| -> Answer<_> { Ok(authorizations::list(conn, whose, slice)?) });
    Ok(Json(paging::page(slice, rows.await?, |authorization| authorization.id, &app.base.keys)))
}

/// Withdraw one's authorization
///
/// The app can no longer act for the member: every token that came from it stops at once. With an app's last consent in the
/// workspace, the webhooks that it made for members are disabled.
#[utoipa::path(operation_id = "withdrawAuthorization", tag = "Authorizations",
    security(("session" = [])),
    params(("id" = AuthorizationId, Path, description = "The authorization's id")),
    responses((status = 204, description = "Withdrawn")))]
#[delete("/authorizations/{id}")]
pub async fn withdraw(
    app: Data<App>,
    caller: Caller<MemberSession>,
    PathId(id): PathId<AuthorizationId>,
) -> Answer {
    let whose = AuthorizationsOf::Member(caller.workspace_id(), SignedIn::of(&caller)?.id);
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    let withdrawn = app.base.db.execute(move |tx| {
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, &publisher, &who, app.as_str());
        oauth::withdraw::withdraw(tx, &who, whose, Some(id), end_owner)
    });
    if withdrawn.await? == 0 {
        return Err(AuthorizationId::missing());
    }
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}
