//! OAuth apps: for admins in a session alone.

pub mod activity;
mod input;
pub mod secrets;

use actix_web::{HttpResponse, delete, get, patch, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    ids::OAuthAppId,
    oauth_apps::{ClientKind, CreatedOAuthApp, NewOAuthApp, OAuthApp, OAuthAppChanges},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::{Admin, Identity},
    body::Body,
    db::{
        Json as JsonColumn,
        audit::{self, Change},
        authorizations::{self, Whose},
        dialect,
        oauth_apps::{self, AppRow},
    },
    idempotent::NoIdempotencyKey,
    new_id,
    paging::{PageParams, Slice},
    plan,
    problem::{Answer, Failure},
    wake::Hint,
};

/// List OAuth apps
///
/// Newest first, with the secrets that still work, never the secrets themselves.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])), params(PageParams),
    responses((status = 200, description = "A page of apps", body = Page<OAuthApp>)))]
#[get("/oauth-apps")]
pub async fn list(app: Data<App>, caller: Admin, page: Query<PageParams>) -> Answer<Json<Page<OAuthApp>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(oauth_apps::list(conn, workspace, slice, now)?)).await?;
    Ok(Json(slice.page(rows, |app| app.id, &app.keys)))
}

/// Create an OAuth app
///
/// For a confidential app, the answer holds its client secret, this once.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["plan-limit"]))), request_body = NewOAuthApp,
    responses((status = 201, description = "The app, with its secret if it is confidential", body = CreatedOAuthApp)))]
#[post("/oauth-apps")]
pub async fn create(app: Data<App>, caller: Admin, _: NoIdempotencyKey, body: Body<NewOAuthApp>) -> Answer {
    let now = app.clock.now();
    let input = input::check_new(&body.value)?;
    let Identity::Member { id: created_by, .. } = *caller.identity() else {
        return Err(Failure::internal(&"an admin operation was reached by a key"));
    };
    let row = AppRow {
        id: new_id!(app, OAuthAppId),
        workspace_id: caller.workspace_id(),
        name: input.name,
        description: input.description,
        homepage_url: input.homepage_url,
        logo: input.logo,
        kind: input.kind,
        redirect_uris: JsonColumn::new(input.redirect_uris),
        scopes: JsonColumn::new(input.scopes),
        grants: JsonColumn::new(input.grants),
        suspended_at: None,
        created_at: now,
        created_by,
    };
    let secret = (row.kind == ClientKind::Confidential)
        .then(|| secrets::new_secret(&app, row.workspace_id, row.id, now));
    let (inner, who, plan) = (app.clone(), caller.who(), caller.plan());
    let (client_secret, secret_row) = secret.unzip();
    let made = app
        .db
        .write(move |tx| {
            dialect::lock(tx, &format!("oauth apps of {}", row.workspace_id))?;
            let have = oauth_apps::count(tx, row.workspace_id)?;
            plan::check_room(plan, "OAuth apps", have, plan::limits(plan).oauth_apps)?;
            oauth_apps::insert(tx, &row)?;
            if let Some(secret_row) = &secret_row {
                oauth_apps::insert_secret(tx, secret_row)?;
            }
            let details = json!({ "kind": row.kind, "redirect_uris": row.redirect_uris.0,
                "scopes": row.scopes.0, "grants": row.grants.0 });
            audit::append(
                tx,
                &inner,
                &who,
                change(AuditAction::OAuthAppCreated, &row.id, &row.name, details),
            )?;
            found(oauth_apps::find(tx, row.workspace_id, row.id, now)?)
        })
        .await?;
    Ok(HttpResponse::Created().json(CreatedOAuthApp { app: made, client_secret }))
}

/// Show an OAuth app
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "The app", body = OAuthApp)))]
#[get("/oauth-apps/{id}")]
pub async fn show(app: Data<App>, caller: Admin, path: Path<String>) -> Answer<Json<OAuthApp>> {
    let id = parse_id(&path)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let row = app.db.read(move |conn| Ok::<_, Failure>(oauth_apps::find(conn, workspace, id, now)?)).await?;
    found(row).map(Json)
}

/// Change an OAuth app
///
/// Absent fields stay; empty texts clear. Suspending is reversible: the app gets no tokens, and those it has are refused.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id")),
    request_body = OAuthAppChanges, responses((status = 200, description = "The changed app", body = OAuthApp)))]
#[patch("/oauth-apps/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Body<OAuthAppChanges>,
) -> Answer<Json<OAuthApp>> {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let changed = app
        .db
        .write(move |tx| {
            let before = found(oauth_apps::find(tx, workspace, id, now)?)?;
            let update = input::check_changes(&body.value, &before, now)?;
            oauth_apps::update(tx, workspace, id, &update)?;
            let after = found(oauth_apps::find(tx, workspace, id, now)?)?;
            let details = differences(&before, &after);
            audit::append(tx, &inner, &who, change(AuditAction::OAuthAppUpdated, &id, &after.name, details))?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(after)
        })
        .await?;
    Ok(Json(changed))
}

/// Delete an OAuth app
///
/// Its secrets and tokens stop at once, for good, and members' authorizations of it end.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])), params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 204, description = "Deleted")))]
#[delete("/oauth-apps/{id}")]
pub async fn remove(app: Data<App>, caller: Admin, path: Path<String>) -> Answer {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    app.db
        .write(move |tx| {
            let before = found(oauth_apps::find(tx, workspace, id, now)?)?;
            let ended = authorizations::withdraw(tx, Whose::App(workspace, id), None, now)?.len();
            oauth_apps::delete(tx, workspace, id, now)?;
            audit::append(
                tx,
                &inner,
                &who,
                change(AuditAction::OAuthAppDeleted, &id, &before.name, json!({ "authorizations": ended })),
            )?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The fields that differ, each with its value before and after; the logo only as changed or not.
fn differences(before: &OAuthApp, after: &OAuthApp) -> Value {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return json!({});
    };
    let changed = after.into_iter().filter(|(field, value)| before.get(field) != Some(value));
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

fn change<'a>(action: AuditAction, id: &'a OAuthAppId, name: &'a str, details: Value) -> Change<'a> {
    Change { action, object_id: Some(id.as_str()), object_name: name, details }
}

fn parse_id(path: &str) -> Result<OAuthAppId, Failure> {
    path.parse().map_err(|_| Failure::not_found("OAuth app"))
}

fn found(app: Option<OAuthApp>) -> Result<OAuthApp, Failure> {
    app.ok_or_else(|| Failure::not_found("OAuth app"))
}
