//! API keys: for admins in a session alone, but for a key that replaces itself.

mod rotation;

use std::collections::BTreeSet;

use actix_web::{get, patch, post, web::Data, web::Json};
use api_types::{
    Page, Scope, Timestamp,
    api_keys::{ApiKey, ApiKeyChanges, ApiKeyStatus, CreatedApiKey, NewApiKey, RevokeApiKey},
    audit::AuditAction,
    events::EventType,
    ids::ApiKeyId,
    problem::FaultCode,
};
use ipnet::IpNet;
pub use rotation::rotate_own;
use serde_json::json;

use crate::{
    app::App,
    auth::Admin,
    crypto::tokens,
    db::{
        Json as JsonColumn, Tx,
        api_keys::{self, KeyUpdate, NewKeyRow, Revocation},
        audit::{self, Change, Who},
        dialect, owners,
    },
    delivery,
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        fields::{Fields, quoted},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
    plan, ranges,
    routes::{idempotent::IdempotencyKey, signed_in::SignedIn},
};

const MAX_NAME: usize = 100;
const MAX_IPS: usize = 50;
const MAX_REASON: usize = 200;

type Statuses = Several<ApiKeyStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only keys in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<ApiKeyStatus>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { status: query.words("status") }
    }
}

/// List API keys
///
/// Newest first, without the secrets.
#[utoipa::path(operation_id = "listApiKeys", tag = "API keys",
    security(("session" = ["admin"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of keys", body = Page<ApiKey>)))]
#[get("/api-keys")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<ApiKey>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let statuses = listed.filter.status;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.query(move |conn| api_keys::list(conn, workspace, &statuses, slice, now)).await?;
    Ok(Json(paging::page(slice, rows, |key| key.id, &app.base.keys)))
}

/// Create an API key
///
/// The answer holds the secret, this once: it is stored only as a digest.
#[utoipa::path(operation_id = "createApiKey", tag = "API keys",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["plan-limit"]))), params(IdempotencyKey), request_body = NewApiKey,
    responses((status = 201, description = "The key with its secret", body = CreatedApiKey)))]
#[post("/api-keys")]
pub async fn create(app: Data<App>, caller: Admin, key: IdempotencyKey, body: Body<NewApiKey>) -> Answer {
    let input = check(&body.value, app.base.now())?;
    let secret = tokens::generate(tokens::API_KEY, &app.base.random);
    let hint = tokens::hint(&secret);
    let (digest, pepper_version) = app.base.keys.digest(&secret);
    let member = SignedIn::of(&caller)?;
    let who = caller.who();
    let plan = caller.plan();
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, body.digest);
    let made = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        let first_key = input.replaces.map(|old| line_of_replaced(tx, &who, old)).transpose()?;
        let row = NewKeyRow {
            id: tx.new_id(),
            workspace_id: who.workspace_id,
            name: input.name,
            hint,
            digest,
            pepper_version,
            scopes: JsonColumn::new(input.scopes),
            allowed_ips: JsonColumn::new(input.allowed_ips),
            expires_at: input.expires_at,
            created_at: now,
            created_by: member.id,
            rotatable: body.value.rotatable,
            replaces: None,
            first_key,
        };
        dialect::lock(tx, &format!("api keys of {}", row.workspace_id))?;
        let have = api_keys::count_active(tx, row.workspace_id, now)?;
        plan::check_room(plan, "API keys", have, plan::limits(plan).api_keys)?;
        api_keys::insert(tx, &row)?;
        let details = json!({ "hint": row.hint, "scopes": row.scopes.0, "expires_at": row.expires_at,
            "allowed_ips": row.allowed_ips.0, "rotatable": row.rotatable, "replaces": input.replaces });
        audit::append(tx, &who, Change::of(AuditAction::ApiKeyCreated, row.id.as_str(), &row.name, details))?;
        let data = json!({ "id": row.id, "name": row.name, "hint": row.hint, "scopes": row.scopes.0,
            "created_at": now });
        publisher.publish(tx, &who, EventType::ApiKeyCreated, &data)?;
        let api_key = api_keys::find(tx, row.workspace_id, row.id, now)?.ok_or_else(ApiKeyId::missing)?;
        let created = CreatedApiKey { api_key, key: secret };
        Ok(Made::created("api-keys", row.id.as_str(), &created)?.tagged(&created.api_key).secret())
    });
    made.await
}

/// The line of a key that an admin replaces: the new key takes its place in it, and with it the old one's webhooks.
fn line_of_replaced(tx: &mut Tx<'_>, who: &Who, old: ApiKeyId) -> Answer<ApiKeyId> {
    dialect::lock(tx, old.as_str())?;
    let now = tx.now();
    let found = api_keys::find_old(tx, who.workspace_id, old)?.filter(|(key, _)| key.works(now));
    let (key, _) = found.ok_or_else(|| {
        let detail =
            "There is no such key in this workspace, or it works no longer. Adopt its webhooks instead.";
        Failure::field("replaces", FaultCode::NotFound, detail)
    })?;
    Ok(key.first_key.unwrap_or(old))
}

/// Show an API key
#[utoipa::path(operation_id = "getApiKey", tag = "API keys",
    security(("session" = ["admin"])), params(("id" = ApiKeyId, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = ApiKey)))]
#[get("/api-keys/{id}")]
pub async fn show(app: Data<App>, caller: Admin, PathId(id): PathId<ApiKeyId>) -> Answer<Shown<ApiKey>> {
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let key = app.base.db.query(move |conn| api_keys::find(conn, workspace, id, now)).await?;
    key.map(Shown).ok_or_else(ApiKeyId::missing)
}

/// Change an API key
///
/// A JSON merge patch (RFC 7396) of its name, of the addresses it may be used from, or of whether it may replace itself. What it may
/// do and when it expires cannot be changed: replace it.
#[utoipa::path(operation_id = "updateApiKey", tag = "API keys",
    security(("session" = ["admin"])), params(("id" = ApiKeyId, Path, description = "The key's id"), IfMatch),
    request_body = ApiKeyChanges, responses((status = 200, description = "The changed key", body = ApiKey)))]
#[patch("/api-keys/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    target: Target<ApiKeyId>,
    body: Body<ApiKeyChanges>,
) -> Answer<Shown<ApiKey>> {
    let mut fields = Fields::new();
    let ips = body.value.allowed_ips.as_ref().map(|ips| ips.as_deref().unwrap_or_default());
    let update = KeyUpdate {
        name: body.value.name.as_deref().map(|name| fields.name("name", name, MAX_NAME)),
        allowed_ips: ips.map(|ips| JsonColumn::new(check_ips(&mut fields, ips))),
        rotatable: body.value.rotatable,
    };
    fields.done()?;
    let who = caller.who();
    let changed = app.base.db.write(move |tx| -> Answer<ApiKey> {
        let before = open(tx, &who, &target)?;
        api_keys::update(tx, who.workspace_id, target.id, &update)?;
        let after = find(tx, &who, target.id)?;
        let shown = |key: &ApiKey| json!({ "name": key.name, "allowed_ips": key.allowed_ips, "rotatable": key.rotatable });
        let details = json!({ "before": shown(&before), "after": shown(&after) });
        let change = Change::of(AuditAction::ApiKeyUpdated, target.id.as_str(), &after.name, details);
        audit::append(tx, &who, change)?;
        tx.credentials_changed(who.workspace_id);
        Ok(after)
    });
    Ok(Shown(changed.await?))
}

/// Revoke an API key
///
/// It stops working with the next request, for good, and its webhooks are disabled, unless a key that replaces it has them. Revoking
/// a revoked key changes nothing and answers with it. A key that was made to replace it goes on working: if the key leaked, look at
/// `replaced_by` and revoke that one, too.
#[utoipa::path(operation_id = "revokeApiKey", tag = "API keys",
    security(("session" = ["admin"])),
    params(("id" = ApiKeyId, Path, description = "The key's id"), IfMatch, IdempotencyKey),
    request_body = RevokeApiKey, responses((status = 200, description = "The revoked key", body = ApiKey)))]
#[post("/api-keys/{id}/revoke")]
pub async fn revoke(
    app: Data<App>,
    caller: Admin,
    target: Target<ApiKeyId>,
    key: IdempotencyKey,
    body: Body<RevokeApiKey>,
) -> Answer {
    let mut fields = Fields::new();
    let reason = body.value.reason.as_deref().map(|reason| fields.line("reason", reason, MAX_REASON));
    let reason = fields.check(reason)?.filter(|reason| !reason.is_empty());
    let member = SignedIn::of(&caller)?;
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, body.digest);
    let revoked = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        let id = target.id;
        let before = open(tx, &who, &target)?;
        let how = Revocation { revoked_at: now, revoked_by: member.id, revoked_reason: reason };
        if api_keys::revoke(tx, who.workspace_id, id, &how)? {
            let line = owners::line_of(tx, id.as_str())?;
            delivery::end_owner(tx, &publisher, &who, &line)?;
            let details = json!({ "hint": before.hint, "reason": how.revoked_reason });
            let change = Change::of(AuditAction::ApiKeyRevoked, id.as_str(), &before.name, details);
            audit::append(tx, &who, change)?;
            let data = json!({ "id": id, "name": before.name, "hint": before.hint, "revoked_at": now,
                "reason": how.revoked_reason });
            publisher.publish(tx, &who, EventType::ApiKeyRevoked, &data)?;
            tx.credentials_changed(who.workspace_id);
        }
        Made::shown(&find(tx, &who, id)?)
    });
    let revoked = revoked.await?;
    app.delivery.views.settled().await;
    Ok(revoked)
}

/// Finds the key that a change is about, which nobody else changes until the transaction ends.
fn open(tx: &mut Tx<'_>, who: &Who, target: &Target<ApiKeyId>) -> Answer<ApiKey> {
    dialect::lock(tx, target.id.as_str())?;
    let before = find(tx, who, target.id)?;
    target.if_match.check(&before)?;
    Ok(before)
}

fn find(tx: &mut Tx<'_>, who: &Who, id: ApiKeyId) -> Answer<ApiKey> {
    let now = tx.now();
    api_keys::find(tx, who.workspace_id, id, now)?.ok_or_else(ApiKeyId::missing)
}

/// A new key that passed.
struct ValidApiKey {
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<Timestamp>,
    allowed_ips: Vec<IpNet>,
    replaces: Option<ApiKeyId>,
}

fn check(input: &NewApiKey, now: Timestamp) -> Answer<ValidApiKey> {
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let mut fields = Fields::new();
    let valid = ValidApiKey {
        name: fields.name("name", &input.name, MAX_NAME),
        scopes: fields.words("scopes", &input.scopes, 1, &known),
        expires_at: input.expires_at,
        allowed_ips: check_ips(&mut fields, &input.allowed_ips),
        replaces: input.replaces.as_ref().and_then(|text| text.parse().ok()),
    };
    if let Some(text) = input.replaces.as_ref().filter(|_| valid.replaces.is_none()) {
        fields.wrong("replaces", FaultCode::Malformed, format!("{} is not an API key's id.", quoted(text)));
    }
    if input.expires_at.is_some_and(|at| at <= now) {
        fields.wrong("expires_at", FaultCode::OutOfRange, "It must be in the future.");
    }
    fields.check(valid)
}

/// Reads addresses and CIDR ranges; a single address is a range of one.
fn check_ips(fields: &mut Fields, values: &[String]) -> Vec<IpNet> {
    if values.len() > MAX_IPS {
        fields.wrong("allowed_ips", FaultCode::TooLong, format!("It has more than {MAX_IPS} entries."));
        return Vec::new();
    }
    let mut allowed: Vec<IpNet> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let value = value.trim();
        match ranges::parse(value) {
            Ok(range) if !allowed.contains(&range) => allowed.push(range),
            Ok(_) => {}
            Err(_) => fields.wrong(
                ("allowed_ips", at),
                FaultCode::Malformed,
                format!(
                    "{} is no address or CIDR range, such as 203.0.113.7 or 2001:db8::/32.",
                    quoted(value)
                ),
            ),
        }
    }
    allowed
}
