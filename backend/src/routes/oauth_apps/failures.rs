//! An OAuth app's failed requests, as its developers read them.

use std::collections::BTreeSet;

use actix_web::{get, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    ids::OAuthAppId,
    oauth_failures::{OAuthEndpoint, OAuthErrorCode, OAuthFailure},
};

use crate::{
    app::App,
    auth::Admin,
    db::{
        oauth_apps,
        oauth_failures::{self, FailureFilter, KEPT_MS},
    },
    http::{
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::{FromQuery, Query, QueryReader, Several},
    },
};

type Endpoints = Several<OAuthEndpoint>;
type Errors = Several<OAuthErrorCode>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only requests to these endpoints; several by repeating the parameter or separated by commas.
    #[param(value_type = Endpoints, inline, style = Form, explode, required = false)]
    endpoint: BTreeSet<OAuthEndpoint>,
    /// Only requests that were answered with these errors; several by repeating the parameter or separated by commas.
    #[param(value_type = Errors, inline, style = Form, explode, required = false)]
    error: BTreeSet<OAuthErrorCode>,
    /// Not before this time (RFC 3339).
    since: Option<Timestamp>,
    /// Before this time (RFC 3339).
    until: Option<Timestamp>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            endpoint: query.words("endpoint"),
            error: query.words("error"),
            since: query.time("since"),
            until: query.time("until"),
        }
    }
}

/// List an OAuth app's failed requests
///
/// The app's requests that the OAuth endpoints refused in the last 7 days, with the cause, newest first: the last 1,000 at most. Requests that
/// failed alike within a minute are one. A request is here a few seconds after it failed.
#[utoipa::path(operation_id = "listOAuthAppFailures", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), PageParams, ListFilter),
    responses((status = 200, description = "A page of failed requests", body = Page<OAuthFailure>)))]
#[get("/oauth-apps/{id}/failures")]
pub async fn list_failures(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<OAuthFailure>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let ListFilter { endpoint, error, since, until } = listed.filter;
    let wanted = FailureFilter { endpoints: endpoint, errors: error, since, until };
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<OAuthFailure>> {
        oauth_apps::find(conn, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Ok(oauth_failures::list(conn, id, &wanted, slice, now - KEPT_MS)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |failure| failure.id, &app.base.keys)))
}
