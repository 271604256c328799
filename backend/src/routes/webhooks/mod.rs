//! Webhooks: for admins, and for keys and tokens as far as a webhook is their own and they may read what it brings.

mod adoption;
mod describe;
mod editing;
pub(super) mod input;
mod lifecycle;
mod new_secret;
mod own_headers;
mod pausing;
pub mod secrets;
mod trying;

use std::collections::BTreeSet;

use actix_web::{get, patch, post, web::Data, web::Json};
pub use adoption::adopt;
use api_types::{
    Page, ProblemType,
    audit::AuditAction,
    ids::WebhookId,
    webhooks::{CreatedWebhook, NewWebhook, Webhook, WebhookChanges, WebhookStatus},
};
pub use lifecycle::{disable, enable, remove};
pub use pausing::{pause, resume};
use serde_json::{Value, json};
pub use trying::{check_receiver, test};

use self::{
    editing::Editing,
    input::ValidChanges,
    new_secret::{NewSigningSecret, SecretOf},
    own_headers::HeadersOf,
};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{WebhooksRead, WebhooksWrite},
    },
    db::{
        Json as JsonColumn, StoredActor,
        audit::{self, Change},
        deliveries::destinations,
        dialect, owners, signing_secrets,
        webhooks::{self, NewWebhookRow, WebhookFilter, WebhookRow},
    },
    delivery::{self, NewTerms},
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
    plan,
    routes::idempotent::IdempotencyKey,
};

type Statuses = Several<WebhookStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only webhooks in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<WebhookStatus>,
    /// Only those that this member, key or app owns.
    owner_id: Option<String>,
    /// `true`: only those that an app made for members, which are disabled with the app's last consent.
    #[param(required = false, nullable = false)]
    made_for_members: bool,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            status: query.words("status"),
            owner_id: query.text("owner_id"),
            made_for_members: query.flag("made_for_members"),
        }
    }
}

/// List webhooks
///
/// Newest first, each with how it has been doing. A key or token is shown its own: those that it, or a key that it replaced, made; an
/// app those that it made, for whomever. Another's id is not found, here and in everything that is done to a webhook.
#[utoipa::path(operation_id = "listWebhooks", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    params(PageParams, ListFilter),
    responses((status = 200, description = "A page of webhooks", body = Page<Webhook>)))]
#[get("/webhooks")]
pub async fn list(
    app: Data<App>,
    caller: Caller<WebhooksRead>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<Webhook>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let ListFilter { status, owner_id, made_for_members } = listed.filter;
    let wanted = WebhookFilter { statuses: status, owner: owner_id, by_consent: made_for_members };
    let viewer = caller.viewer();
    let now = app.base.now();
    let rows = app
        .base
        .db
        .read(move |conn| -> Answer<_> { Ok(webhooks::list(conn, &viewer, &wanted, slice, now)?) });
    let rows = rows.await?.into_iter().map(describe::webhook).collect();
    Ok(Json(paging::page(slice, rows, |webhook: &Webhook| webhook.id, &app.base.keys)))
}

/// Create a webhook
///
/// Under `v1` the answer holds the signing secret, this once; under `v1a` the public key can always be read. A key or
/// token needs the read scope of every event type it names. The webhook belongs to the caller, and is disabled when the caller ends.
#[utoipa::path(operation_id = "createWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["plan-limit", "session-required"]))), params(IdempotencyKey), request_body = NewWebhook,
    responses((status = 201, description = "The webhook with its signing secret", body = CreatedWebhook)))]
#[post("/webhooks")]
pub async fn create(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    key: IdempotencyKey,
    body: Body<NewWebhook>,
) -> Answer {
    let input = input::check_new(&app.delivery.sender, &body.value).await?;
    input::check_readable(caller.identity(), &input.event_types)?;
    let who = caller.who();
    let (plan, viewer, owner) = (caller.plan(), caller.viewer(), caller.identity().owner());
    let keys = app.base.keys.clone();
    let request = key.of(&caller, body.digest);
    let made = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        let id: WebhookId = tx.new_id();
        let headers = HeadersOf { keys: &keys, webhook: id, moved: false }.set(tx, input.headers)?;
        let row = NewWebhookRow {
            id,
            workspace_id: who.workspace_id,
            url: input.url,
            description: input.description,
            event_types: JsonColumn::new(input.event_types),
            signature: input.signature,
            rate_limit: input.rate_limit,
            header_names: headers.names,
            headers: headers.sealed,
            filter: input.filter.map(JsonColumn::new),
            ordered_since: input.ordered.then_some(now),
            created_at: now,
            created_by: JsonColumn::new(StoredActor::from(who.actor.clone())),
            owner,
            updated_at: now,
        };
        let of = SecretOf { workspace_id: row.workspace_id, webhook_id: row.id, scheme: row.signature };
        let new = NewSigningSecret::make(tx, &keys, of)?;
        owners::lock(tx, &row.owner.owner_id)?;
        dialect::lock(tx, &format!("webhooks of {}", row.workspace_id))?;
        let have = webhooks::count(tx, row.workspace_id)?;
        plan::check_room(plan, "webhooks", have, plan::limits(plan).webhooks)?;
        webhooks::insert(tx, &row)?;
        if owners::is_over(tx, row.id, now)? {
            return Err(Failure::new(
                ProblemType::InvalidCredential,
                "The credential has just stopped working.",
            ));
        }
        signing_secrets::insert(tx, &new.row)?;
        destinations::bump_subscriptions(tx, row.workspace_id)?;
        let details = json!({ "event_types": row.event_types.0, "signature": row.signature,
            "rate_limit": row.rate_limit, "headers": row.header_names.0, "filter": row.filter.as_ref().map(|filter| &filter.0),
            "ordered": row.ordered_since.is_some() });
        audit::append(tx, &who, Change::of(AuditAction::WebhookCreated, row.id.as_str(), &row.url, details))?;
        let shown = webhooks::find(tx, &viewer, row.id, now)?.ok_or_else(WebhookId::missing)?;
        new.answer_with_webhook(describe::webhook(shown))
    });
    made.await
}

/// Show a webhook
#[utoipa::path(operation_id = "getWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[get("/webhooks/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<WebhooksRead>,
    PathId(id): PathId<WebhookId>,
) -> Answer<Shown<Webhook>> {
    let viewer = caller.viewer();
    let now = app.base.now();
    let shown = app.base.db.read(move |conn| -> Answer<_> { Ok(webhooks::find(conn, &viewer, id, now)?) });
    shown.await?.map(|shown| Shown(describe::webhook(shown))).ok_or_else(WebhookId::missing)
}

/// Change a webhook
///
/// A JSON merge patch (RFC 7396): absent fields stay, `null` clears. A new URL resets the webhook's health and holds from the next
/// attempt on, and so do new headers: once this is answered, no request begins with the old ones.
#[utoipa::path(operation_id = "updateWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch),
    request_body = WebhookChanges, responses((status = 200, description = "The changed webhook", body = Webhook)))]
#[patch("/webhooks/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    body: Body<WebhookChanges>,
) -> Answer<Shown<Webhook>> {
    let id = target.id;
    let ValidChanges { mut update, headers, ordered } =
        input::check_changes(&app.delivery.sender, &body.value).await?;
    if let Some(event_types) = &update.event_types {
        input::check_readable(caller.identity(), &event_types.0)?;
    }
    let editing = Editing::of(caller, target);
    let keys = app.base.keys.clone();
    let changed = app.base.db.write(move |tx| -> Answer<(Webhook, bool)> {
        let edited = editing.open(tx)?;
        let before = &edited.before;
        let now = tx.now();
        let new_url = update.url.as_ref().is_some_and(|url| *url != before.url);
        // A webhook that is ordered already stays so since then.
        let changed = ordered.filter(|ordered| *ordered != before.ordered_since.is_some());
        update.ordered_since = changed.map(|ordered| ordered.then_some(now));
        let limit_lifted =
            before.rate_limit.is_some() && update.rate_limit == Some(None) || changed == Some(false);
        input::check_filter(&update, before)?;
        let new_headers = own_headers::change(tx, &keys, before, headers, &mut update)?;
        webhooks::update(tx, id, &update, new_url, now)?;
        delivery::release_anew(tx, id, NewTerms { new_url, limit_lifted })?;
        destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        let after = edited.shown(tx)?;
        let change =
            Change::of(AuditAction::WebhookUpdated, id.as_str(), &after.url, details(before, &after));
        audit::append(tx, &edited.who, change)?;
        Ok((after, new_url || new_headers || changed == Some(true)))
    });
    let (webhook, counts_at_once) = changed.await?;
    if counts_at_once {
        app.delivery.views.settled().await;
    }
    Ok(Shown(webhook))
}

/// A change as the audit log keeps it: the configuration before and after.
fn details(before: &WebhookRow, after: &Webhook) -> Value {
    let names: Vec<&str> = after.headers.iter().map(|header| header.name.as_str()).collect();
    let filter = before.filter.as_ref().map(|filter| &filter.0);
    json!({
        "before": { "url": before.url, "description": before.description, "event_types": before.event_types.0,
            "rate_limit": before.rate_limit, "headers": before.header_names.0, "filter": filter,
            "ordered": before.ordered_since.is_some() },
        "after": { "url": after.url, "description": after.description, "event_types": after.event_types,
            "rate_limit": after.rate_limit, "headers": names, "filter": after.filter, "ordered": after.ordered },
    })
}
