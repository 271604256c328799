//! Webhooks: for admins, and for keys and tokens as far as they may read what a webhook brings.

mod describe;
mod input;
mod lifecycle;

use actix_web::{HttpResponse, get, patch, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    ids::{SecretId, WebhookId, WorkspaceId},
    webhooks::{CreatedWebhook, NewWebhook, SignatureScheme, Webhook, WebhookChanges},
};
pub use lifecycle::{disable, enable, remove, rotate, test};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    app::App,
    auth::{
        Caller,
        permission::{WebhooksRead, WebhooksWrite},
    },
    body::Body,
    db::{
        Json as JsonColumn,
        audit::{self, Change},
        deliveries::destinations,
        dialect,
        webhooks::{self, NewSecretRow, NewWebhookRow, Shown, WebhookUpdate},
    },
    delivery::{self, secrets, signature::SigningSecret},
    idempotent::NoIdempotencyKey,
    new_id,
    paging::{PageParams, Slice},
    plan,
    problem::{Answer, Failure},
};

/// List webhooks
///
/// Newest first, each with how it has been doing.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])), params(PageParams),
    responses((status = 200, description = "A page of webhooks", body = Page<Webhook>)))]
#[get("/webhooks")]
pub async fn list(
    app: Data<App>,
    caller: Caller<WebhooksRead>,
    page: Query<PageParams>,
) -> Answer<Json<Page<Webhook>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(webhooks::list(conn, workspace, slice, now)?)).await?;
    let rows = rows.into_iter().map(describe::webhook).collect();
    Ok(Json(slice.page(rows, |webhook: &Webhook| webhook.id, &app.keys)))
}

/// Create a webhook
///
/// Under `v1` the answer holds the signing secret, this once; under `v1a` the public key can always be read. A key or
/// token needs the read scope of every event type it names.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["plan-limit", "session-required"]))), request_body = NewWebhook,
    responses((status = 201, description = "The webhook with its signing secret", body = CreatedWebhook)))]
#[post("/webhooks")]
pub async fn create(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    _: NoIdempotencyKey,
    body: Body<NewWebhook>,
) -> Answer {
    let now = app.clock.now();
    let input = input::check_new(&app, &body.value).await?;
    input::check_subscriptions(&caller, &input.event_types)?;
    let row = NewWebhookRow {
        id: new_id!(app, WebhookId),
        workspace_id: caller.workspace_id(),
        url: input.url,
        description: input.description,
        event_types: JsonColumn::new(input.event_types),
        signature: input.signature,
        rate_limit: input.rate_limit,
        created_at: now,
        updated_at: now,
    };
    let (signing_secret, secret_row) = new_secret(&app, row.workspace_id, row.id, row.signature)?;
    let (inner, who, plan) = (app.clone(), caller.who(), caller.plan());
    let shown = app
        .db
        .write(move |tx| {
            dialect::lock(tx, &format!("webhooks of {}", row.workspace_id))?;
            let have = webhooks::count(tx, row.workspace_id)?;
            plan::check_room(plan, "webhooks", have, plan::limits(plan).webhooks)?;
            webhooks::insert(tx, &row)?;
            webhooks::insert_secret(tx, &secret_row)?;
            destinations::bump_subscriptions(tx, row.workspace_id)?;
            let details = json!({ "event_types": row.event_types.0, "signature": row.signature,
                "rate_limit": row.rate_limit });
            audit::append(tx, &inner, &who, change(AuditAction::WebhookCreated, &row.id, &row.url, details))?;
            found(webhooks::find(tx, row.workspace_id, row.id, now)?)
        })
        .await?;
    let webhook = describe::webhook(shown);
    Ok(HttpResponse::Created().json(CreatedWebhook { webhook, signing_secret }))
}

/// Show a webhook
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[get("/webhooks/{id}")]
pub async fn show(app: Data<App>, caller: Caller<WebhooksRead>, path: Path<String>) -> Answer<Json<Webhook>> {
    let id = parse_id(&path)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let shown = app.db.read(move |conn| Ok::<_, Failure>(webhooks::find(conn, workspace, id, now)?)).await?;
    Ok(Json(describe::webhook(found(shown)?)))
}

/// Change a webhook
///
/// Absent fields stay. A new URL resets the webhook's health and holds from the next attempt on.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    request_body = WebhookChanges, responses((status = 200, description = "The changed webhook", body = Webhook)))]
#[patch("/webhooks/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
    body: Body<WebhookChanges>,
) -> Answer<Json<Webhook>> {
    let id = parse_id(&path)?;
    let input = input::check_changes(&app, &body.value).await?;
    if let Some(event_types) = &input.event_types {
        input::check_subscriptions(&caller, event_types)?;
    }
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    let shown = app
        .db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            // Whoever changes the URL gets what the webhook brings: it must be theirs to read already.
            input::check_readable(&identity, &before.event_types.0)?;
            let update = WebhookUpdate {
                url: input.url.unwrap_or_else(|| before.url.clone()),
                description: input.description.unwrap_or_else(|| before.description.clone()),
                event_types: input.event_types.map_or_else(|| before.event_types.clone(), JsonColumn::new),
                rate_limit: input.rate_limit.unwrap_or(before.rate_limit),
            };
            let new_url = update.url != before.url;
            webhooks::update(tx, id, &update, new_url, now)?;
            let limit_lifted = before.rate_limit.is_some() && update.rate_limit.is_none();
            delivery::let_go_anew(tx, &inner, id, new_url, limit_lifted)?;
            destinations::bump_subscriptions(tx, workspace)?;
            let details = json!({
                "before": { "url": before.url, "description": before.description, "event_types": before.event_types.0,
                    "rate_limit": before.rate_limit },
                "after": { "url": update.url, "description": update.description, "event_types": update.event_types.0,
                    "rate_limit": update.rate_limit },
            });
            audit::append(tx, &inner, &who, change(AuditAction::WebhookUpdated, &id, &update.url, details))?;
            found(webhooks::find(tx, workspace, id, now)?)
        })
        .await?;
    Ok(Json(describe::webhook(shown)))
}

/// Makes a signing secret: what is shown once (nothing under `v1a`), and its row.
fn new_secret(
    app: &App,
    workspace_id: WorkspaceId,
    webhook_id: WebhookId,
    scheme: SignatureScheme,
) -> Result<(Option<String>, NewSecretRow), Failure> {
    let secret = match scheme {
        SignatureScheme::V1 => SigningSecret::v1(app.chance.bytes()),
        SignatureScheme::V1a => SigningSecret::v1a(app.chance.bytes()),
    };
    let text: Zeroizing<String> = secret.expose();
    let row = NewSecretRow {
        id: new_id!(app, SecretId),
        webhook_id,
        workspace_id,
        scheme,
        sealed: secrets::seal(app, webhook_id, &secret).map_err(|error| Failure::internal(&error))?,
        digest: app.keys.digest(&text).0,
        public_key: secret.public_key(),
        created_at: app.clock.now(),
    };
    Ok(((scheme == SignatureScheme::V1).then(|| text.to_string()), row))
}

fn change<'a>(action: AuditAction, id: &'a WebhookId, url: &'a str, details: Value) -> Change<'a> {
    Change { action, object_id: Some(id.as_str()), object_name: url, details }
}

fn parse_id(path: &str) -> Result<WebhookId, Failure> {
    path.parse().map_err(|_| Failure::not_found("webhook"))
}

fn found(webhook: Option<Shown>) -> Result<Shown, Failure> {
    webhook.ok_or_else(|| Failure::not_found("webhook"))
}
