//! OAuth apps: for admins in a session alone.

pub mod activity;
mod domain;
mod editing;
mod elsewhere;
pub mod failures;
pub mod incidents;
mod input;
mod new_secret;
pub mod secrets;
mod status;
pub mod tokens;
mod verification;

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, get, patch, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    ids::OAuthAppId,
    oauth_apps::{ClientKind, CreatedOAuthApp, NewOAuthApp, OAuthApp, OAuthAppChanges, OAuthAppStatus},
};
use serde_json::{Value, json};
pub use status::{resume, suspend};
pub use verification::verify_domain;

use self::{editing::open, new_secret::NewClientSecret};
use crate::{
    app::App,
    auth::Admin,
    db::{
        Json as JsonColumn, Tx,
        audit::{self, Change},
        authorizations::AuthorizationsOf,
        client_secrets, dialect,
        oauth_apps::{self, AppRow},
    },
    delivery,
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::{FromQuery, Query, QueryReader, Several},
    },
    oauth::withdraw,
    plan,
    routes::{idempotent::IdempotencyKey, signed_in::SignedIn},
};

type Statuses = Several<OAuthAppStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only apps in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<OAuthAppStatus>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { status: query.words("status") }
    }
}

/// List OAuth apps
///
/// Newest first, with the secrets that still work, never the secrets themselves.
#[utoipa::path(operation_id = "listOAuthApps", tag = "OAuth apps",
    security(("session" = ["admin"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of apps", body = Page<OAuthApp>)))]
#[get("/oauth-apps")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<OAuthApp>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let statuses = listed.filter.status;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app
        .base
        .db
        .read(move |conn| -> Answer<_> { Ok(oauth_apps::list(conn, workspace, &statuses, slice, now)?) });
    Ok(Json(paging::page(slice, rows.await?, |app| app.id, &app.base.keys)))
}

/// Create an OAuth app
///
/// For a confidential app, the answer holds its client secret, this once.
#[utoipa::path(operation_id = "createOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["plan-limit"]))), params(IdempotencyKey), request_body = NewOAuthApp,
    responses((status = 201, description = "The app, with its secret if it is confidential", body = CreatedOAuthApp)))]
#[post("/oauth-apps")]
pub async fn create(app: Data<App>, caller: Admin, key: IdempotencyKey, body: Body<NewOAuthApp>) -> Answer {
    let input = input::check_new(&body.value)?;
    let member = SignedIn::of(&caller)?;
    let secret = (input.kind == ClientKind::Confidential).then(|| NewClientSecret::generate(&app.base));
    let client_secret = secret.as_ref().map(|secret| secret.text.clone());
    let who = caller.who();
    let plan = caller.plan();
    let request = key.of(&caller, body.digest);
    let made = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        let row = AppRow {
            id: tx.new_id(),
            workspace_id: who.workspace_id,
            name: input.name,
            description: input.description,
            homepage_url: input.homepage_url,
            logo: input.logo,
            kind: input.kind,
            redirect_uris: JsonColumn::new(input.redirect_uris),
            scopes: JsonColumn::new(input.scopes),
            optional_scopes: JsonColumn::new(input.optional_scopes),
            distribution: input.distribution,
            publisher_name: input.publisher_name,
            grants: JsonColumn::new(input.grants),
            suspended_at: None,
            created_at: now,
            created_by: member.id,
            client_id_url: None,
            publisher_domain: input.publisher_domain,
        };
        dialect::lock(tx, &format!("oauth apps of {}", row.workspace_id))?;
        let have = oauth_apps::count(tx, row.workspace_id)?;
        plan::check_room(plan, "OAuth apps", have, plan::limits(plan).oauth_apps)?;
        oauth_apps::insert(tx, &row)?;
        if let Some(secret) = secret {
            let secret = secret.into_row(tx, row.workspace_id, row.id);
            client_secrets::insert(tx, &secret)?;
        }
        let details = json!({ "kind": row.kind, "redirect_uris": row.redirect_uris.0,
            "scopes": row.scopes.0, "optional_scopes": row.optional_scopes.0, "grants": row.grants.0 });
        let change = Change::of(AuditAction::OAuthAppCreated, row.id.as_str(), &row.name, details);
        audit::append(tx, &who, change)?;
        let app = oauth_apps::find(tx, row.workspace_id, row.id, now)?.ok_or_else(OAuthAppId::missing)?;
        let created = CreatedOAuthApp { app, client_secret };
        let made = Made::created("oauth-apps", row.id.as_str(), &created)?.tagged(&created.app);
        Ok(if created.client_secret.is_some() { made.secret() } else { made })
    });
    made.await
}

/// Show an OAuth app
#[utoipa::path(operation_id = "getOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "The app", body = OAuthApp)))]
#[get("/oauth-apps/{id}")]
pub async fn show(app: Data<App>, caller: Admin, PathId(id): PathId<OAuthAppId>) -> Answer<Shown<OAuthApp>> {
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let row = app.base.db.read(move |conn| -> Answer<_> { Ok(oauth_apps::find(conn, workspace, id, now)?) });
    row.await?.map(Shown).ok_or_else(OAuthAppId::missing)
}

/// Change an OAuth app
///
/// A JSON merge patch (RFC 7396): absent fields stay, `null` clears.
#[utoipa::path(operation_id = "updateOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch),
    request_body = OAuthAppChanges, responses((status = 200, description = "The changed app", body = OAuthApp)))]
#[patch("/oauth-apps/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    target: Target<OAuthAppId>,
    body: Body<OAuthAppChanges>,
) -> Answer<Shown<OAuthApp>> {
    let who = caller.who();
    let changed = app.base.db.write(move |tx| -> Answer<OAuthApp> {
        let edited = open(tx, who, &target)?;
        let update = input::check_changes(&body.value, &edited.before)?;
        oauth_apps::update(tx, edited.who.workspace_id, target.id, &update)?;
        if update.publisher_domain.is_some_and(|domain| domain != edited.before.publisher_domain) {
            verification::forget(tx, &edited)?;
        }
        let after = edited.shown(tx)?;
        let details = differences(&edited.before, &after);
        let change = Change::of(AuditAction::OAuthAppUpdated, target.id.as_str(), &after.name, details);
        audit::append(tx, &edited.who, change)?;
        Ok(after)
    });
    Ok(Shown(changed.await?))
}

/// Delete an OAuth app
///
/// Its secrets and tokens stop at once, for good, and members' authorizations of it end. Its webhooks are disabled.
#[utoipa::path(operation_id = "deleteOAuthApp", tag = "OAuth apps",
    security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch),
    responses((status = 204, description = "Deleted")))]
#[delete("/oauth-apps/{id}")]
pub async fn remove(app: Data<App>, caller: Admin, target: Target<OAuthAppId>) -> Answer {
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    let removed = app.base.db.write(move |tx| -> Answer<()> {
        let edited = open(tx, who, &target)?;
        let now = tx.now();
        let workspace = edited.who.workspace_id;
        let id = target.id;
        let whose = AuthorizationsOf::App(workspace, id);
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, &publisher, &edited.who, app.as_str());
        let withdrawn = withdraw::withdraw(tx, &edited.who, whose, None, end_owner)?;
        // Before the app is gone: consents of an app that is gone are not found any more.
        elsewhere::end(tx, &publisher, &edited.before)?;
        oauth_apps::delete(tx, workspace, id, now)?;
        end_owner(tx, id)?;
        edited.audit(tx, AuditAction::OAuthAppDeleted, json!({ "authorizations": withdrawn }))
    });
    removed.await?;
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}

/// The fields of an app that follow from others, or from what other workspaces do.
const DERIVED: &[&str] = &["redirect_uri_remarks", "installs", "open_incidents", "publisher_domain_fault"];

/// The fields that differ, each with its value before and after; the logo only as changed or not. What follows from other fields is
/// not named.
fn differences(before: &OAuthApp, after: &OAuthApp) -> Value {
    let Ok(Value::Object(before)) = serde_json::to_value(before) else { return json!({}) };
    let Ok(Value::Object(after)) = serde_json::to_value(after) else { return json!({}) };
    let changed = after
        .into_iter()
        .filter(|(field, value)| before.get(field) != Some(value) && !DERIVED.contains(&field.as_str()));
    changed
        .map(|(field, value)| {
            let difference = if field == "logo" {
                json!("changed")
            } else {
                json!({ "before": before.get(&field), "after": value })
            };
            (field, difference)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
