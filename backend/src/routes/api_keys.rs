//! API keys: for admins in a session alone.

use actix_web::{HttpResponse, get, patch, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page, Scope, Timestamp,
    api_keys::{ApiKey, ApiKeyChanges, ApiKeyStatus, CreatedApiKey, NewApiKey, RevokeApiKey},
    audit::AuditAction,
    events::EventType,
    ids::{ApiKeyId, MemberId},
};
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::json;

use crate::{
    app::App,
    auth::{Admin, Identity},
    body::Body,
    crypto::tokens,
    db::{
        Json as JsonColumn,
        api_keys::{self, NewKeyRow, Revocation},
        audit::{self, Change},
        dialect,
    },
    delivery::publish,
    fields::Fields,
    idempotent::NoIdempotencyKey,
    new_id,
    paging::{PageParams, Slice},
    plan,
    problem::{Answer, Failure},
    wake::Hint,
};

const MAX_NAME: usize = 100;
const MAX_IPS: usize = 50;

/// Which keys a list wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only keys that are `active`, `expired` or `revoked`.
    status: Option<String>,
}

/// List API keys
///
/// Newest first, without the secrets.
#[utoipa::path(tag = "API keys", security(("session" = ["admin"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of keys", body = Page<ApiKey>)))]
#[get("/api-keys")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    params: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<ApiKey>>> {
    let slice = Slice::parse(&params, &app.keys)?;
    let status = crate::params::word::<ApiKeyStatus>("status", filter.status.as_deref(), ApiKeyStatus::ALL)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let rows = app
        .db
        .read(move |conn| Ok::<_, Failure>(api_keys::list(conn, workspace, status, slice, now)?))
        .await?;
    Ok(Json(slice.page(rows, |key| key.id, &app.keys)))
}

/// Create an API key
///
/// The answer holds the secret, this once: it is stored only as a digest.
#[utoipa::path(tag = "API keys", security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["plan-limit"]))), request_body = NewApiKey,
    responses((status = 201, description = "The key with its secret", body = CreatedApiKey)))]
#[post("/api-keys")]
pub async fn create(app: Data<App>, caller: Admin, _: NoIdempotencyKey, body: Body<NewApiKey>) -> Answer {
    let now = app.clock.now();
    let input = check(&body.value, now)?;
    let secret = tokens::generate(tokens::API_KEY, &app.chance);
    let (digest, pepper_version) = app.keys.digest(&secret);
    let row = NewKeyRow {
        id: new_id!(app, ApiKeyId),
        workspace_id: caller.workspace_id(),
        name: input.name,
        hint: tokens::hint(&secret),
        digest,
        pepper_version,
        scopes: JsonColumn::new(input.scopes),
        allowed_ips: JsonColumn::new(input.allowed_ips),
        expires_at: input.expires_at,
        created_at: now,
        created_by: member(&caller)?,
    };
    let (inner, who, plan) = (app.clone(), caller.who(), caller.plan());
    let api_key = app
        .db
        .write(move |tx| {
            dialect::lock(tx, &format!("api keys of {}", row.workspace_id))?;
            let have = api_keys::count_active(tx, row.workspace_id, now)?;
            plan::check_room(plan, "API keys", have, plan::limits(plan).api_keys)?;
            api_keys::insert(tx, &row)?;
            let details = json!({ "hint": row.hint, "scopes": row.scopes.0, "expires_at": row.expires_at,
                "allowed_ips": row.allowed_ips.0 });
            audit::append(tx, &inner, &who, change(AuditAction::ApiKeyCreated, &row.id, &row.name, details))?;
            let about = json!({ "id": row.id, "name": row.name, "hint": row.hint, "scopes": row.scopes.0,
                "created_at": now });
            publish(tx, &inner, row.workspace_id, EventType::ApiKeyCreated, &about)?;
            found(api_keys::find(tx, row.workspace_id, row.id, now)?)
        })
        .await?;
    Ok(HttpResponse::Created().json(CreatedApiKey { api_key, key: secret }))
}

/// Show an API key
#[utoipa::path(tag = "API keys", security(("session" = ["admin"])), params(("id" = ApiKeyId, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = ApiKey)))]
#[get("/api-keys/{id}")]
pub async fn show(app: Data<App>, caller: Admin, path: Path<String>) -> Answer<Json<ApiKey>> {
    let id = parse_id(&path)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let key = app.db.read(move |conn| Ok::<_, Failure>(api_keys::find(conn, workspace, id, now)?)).await?;
    found(key).map(Json)
}

/// Change an API key
///
/// Its name, or the addresses it may be used from. What it may do and when it expires cannot be changed: replace it.
#[utoipa::path(tag = "API keys", security(("session" = ["admin"])), params(("id" = ApiKeyId, Path, description = "The key's id")),
    request_body = ApiKeyChanges, responses((status = 200, description = "The changed key", body = ApiKey)))]
#[patch("/api-keys/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Body<ApiKeyChanges>,
) -> Answer<Json<ApiKey>> {
    let id = parse_id(&path)?;
    let mut fields = Fields::new();
    let name = body.value.name.as_deref().map(|name| fields.name("name", name, MAX_NAME));
    let ips = body.value.allowed_ips.as_deref().map(|ips| check_ips(&mut fields, ips));
    fields.done()?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let key = app
        .db
        .write(move |tx| {
            let before = found(api_keys::find(tx, workspace, id, now)?)?;
            let name = name.unwrap_or_else(|| before.name.clone());
            let ips =
                ips.unwrap_or_else(|| before.allowed_ips.iter().filter_map(|ip| ip.parse().ok()).collect());
            let ips = JsonColumn::new(ips);
            api_keys::update(tx, workspace, id, &name, &ips)?;
            let details = json!({ "before": { "name": before.name, "allowed_ips": before.allowed_ips },
                "after": { "name": name, "allowed_ips": ips.0 } });
            audit::append(tx, &inner, &who, change(AuditAction::ApiKeyUpdated, &id, &name, details))?;
            tx.on_commit(Hint::CredentialsChanged);
            found(api_keys::find(tx, workspace, id, now)?)
        })
        .await?;
    Ok(Json(key))
}

/// Revoke an API key
///
/// It stops working with the next request, for good. Revoking a revoked key changes nothing and answers with it.
#[utoipa::path(tag = "API keys", security(("session" = ["admin"])), params(("id" = ApiKeyId, Path, description = "The key's id")),
    request_body = RevokeApiKey, responses((status = 200, description = "The revoked key", body = ApiKey)))]
#[post("/api-keys/{id}/revoke")]
pub async fn revoke(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Body<RevokeApiKey>,
) -> Answer<Json<ApiKey>> {
    let id = parse_id(&path)?;
    let mut fields = Fields::new();
    let reason = body.value.reason.as_deref().map(|reason| fields.text("reason", reason, 0, 200));
    let reason = fields.check(reason)?.filter(|reason| !reason.is_empty());
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let how = Revocation { revoked_at: now, revoked_by: member(&caller)?, revoked_reason: reason };
    let (inner, who) = (app.clone(), caller.who());
    let key = app
        .db
        .write(move |tx| {
            let before = found(api_keys::find(tx, workspace, id, now)?)?;
            if api_keys::revoke(tx, workspace, id, &how)? {
                let details = json!({ "hint": before.hint, "reason": how.revoked_reason });
                audit::append(
                    tx,
                    &inner,
                    &who,
                    change(AuditAction::ApiKeyRevoked, &id, &before.name, details),
                )?;
                let about = json!({ "id": id, "name": before.name, "hint": before.hint, "revoked_at": now,
                    "reason": how.revoked_reason });
                publish(tx, &inner, workspace, EventType::ApiKeyRevoked, &about)?;
                tx.on_commit(Hint::CredentialsChanged);
            }
            found(api_keys::find(tx, workspace, id, now)?)
        })
        .await?;
    Ok(Json(key))
}

struct Checked {
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<Timestamp>,
    allowed_ips: Vec<IpNet>,
}

fn check(input: &NewApiKey, now: Timestamp) -> Result<Checked, Failure> {
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let mut fields = Fields::new();
    let checked = Checked {
        name: fields.name("name", &input.name, MAX_NAME),
        scopes: fields.words("scopes", &input.scopes, 1, &known),
        expires_at: input.expires_at,
        allowed_ips: check_ips(&mut fields, &input.allowed_ips),
    };
    if input.expires_at.is_some_and(|at| at <= now) {
        fields.wrong("expires_at", "It must be in the future.");
    }
    fields.check(checked)
}

/// Reads addresses and CIDR ranges; a single address is a range of one.
fn check_ips(fields: &mut Fields, values: &[String]) -> Vec<IpNet> {
    if values.len() > MAX_IPS {
        fields.wrong("allowed_ips", format!("It has more than {MAX_IPS} entries."));
        return Vec::new();
    }
    let mut ranges: Vec<IpNet> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let value = value.trim();
        match value.parse::<IpNet>().or_else(|_| value.parse::<std::net::IpAddr>().map(IpNet::from)) {
            Ok(range) if !ranges.contains(&range.trunc()) => ranges.push(range.trunc()),
            Ok(_) => {}
            Err(_) => fields.wrong(
                format!("allowed_ips[{at}]"),
                format!(
                    "{} is no address or CIDR range, such as 203.0.113.7 or 2001:db8::/32.",
                    crate::fields::quoted(value)
                ),
            ),
        }
    }
    ranges
}

fn change<'a>(
    action: AuditAction,
    id: &'a ApiKeyId,
    name: &'a str,
    details: serde_json::Value,
) -> Change<'a> {
    Change { action, object_id: Some(id.as_str()), object_name: name, details }
}

fn member(caller: &Admin) -> Result<MemberId, Failure> {
    match caller.identity() {
        Identity::Member { id, .. } => Ok(*id),
        Identity::ApiKey { .. } | Identity::Token { .. } => {
            Err(Failure::internal(&"an admin operation was reached by a key"))
        }
    }
}

fn parse_id(path: &str) -> Result<ApiKeyId, Failure> {
    path.parse().map_err(|_| Failure::not_found("API key"))
}

fn found(key: Option<ApiKey>) -> Result<ApiKey, Failure> {
    key.ok_or_else(|| Failure::not_found("API key"))
}
