//! The preview of a webhook's filter: how many of the past events it would have let through.

use actix_web::{post, web::Data};
use api_types::{
    Timestamp,
    filters::{FilterPreview, PreviewFilter},
    ids::{EventId, WorkspaceId},
};
use diesel::QueryResult;

use super::{
    idempotent::{Claim, IdempotencyKey},
    webhooks::input,
};
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    catalogue::{
        Subscription,
        filter::{self, Filter},
    },
    db::{Conn, events},
    http::{body::Body, fields::Fields, made::Made, problem::Answer},
};

/// How far a preview looks back, in milliseconds: 30 days.
const LOOKS_BACK: i64 = 30 * 24 * 3_600_000;
/// The most events of the wanted types that a preview looks at.
const MOST_EXAMINED: usize = 5_000;
/// The most events of any type that a preview passes.
const MOST_PASSED: usize = 20_000;
/// The most bytes of bodies that a preview reads.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Events that are read at once.
const PAGE: i64 = 200;

/// Preview a filter
///
/// Says how many events of the last 30 days it would have let through. At most the newest 5,000 of the event types are looked
/// at; `since` and `complete` say how far that went. A key or token needs the read scope of every event type it names.
#[utoipa::path(operation_id = "previewWebhookFilter", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))), params(IdempotencyKey), request_body = PreviewFilter,
    responses((status = 200, description = "The number of events that match", body = FilterPreview)))]
#[post("/webhook-filters/preview")]
pub async fn preview(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    key: IdempotencyKey,
    body: Body<PreviewFilter>,
) -> Answer {
    let mut fields = Fields::new();
    let event_types = input::check_event_types(&mut fields, &body.value.event_types);
    if let Some(filter) = body.value.filter.as_ref().filter(|_| !event_types.is_empty()) {
        fields.add(filter::check(filter, &event_types));
    }
    fields.done()?;
    input::check_readable(caller.identity(), &event_types)?;
    let workspace = caller.workspace_id();
    let filter = body.value.filter.as_ref().and_then(Filter::new);
    let since = app.base.now() - LOOKS_BACK;
    let claimed = match key.of(&caller, body.digest).claim(&app.base).await? {
        Claim::Answered(response) => return Ok(response),
        Claim::Work(claimed) => claimed,
    };
    let wanted = Wanted { workspace, event_types, filter };
    let counted = app.base.db.read(move |conn| -> Answer<_> { Ok(count(conn, &wanted, since)?) }).await;
    claimed.finish(&app.base, counted.and_then(|counted| Made::json(200, &counted))).await
}

/// The events that a preview is about.
struct Wanted {
    workspace: WorkspaceId,
    event_types: Vec<Subscription>,
    /// None lets every event pass.
    filter: Option<Filter>,
}

/// Counts the events since a time that match, the newest first, within bounds.
fn count(conn: &mut Conn, wanted: &Wanted, since: Timestamp) -> QueryResult<FilterPreview> {
    let mut found = FilterPreview { matched: 0, examined: 0, since, complete: true };
    let (mut passed, mut bytes) = (0, 0);
    let mut before = i64::MAX;
    loop {
        let page = events::newest_before(conn, wanted.workspace, before, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        before = last.position;
        let ids: Vec<EventId> = page
            .iter()
            .filter(|head| head.created_at >= since)
            .filter(|head| wanted.event_types.iter().any(|it| it.matches(head.kind)))
            .map(|head| head.id)
            .collect();
        for (_, body) in events::payloads(conn, &ids)? {
            bytes += body.len();
            found.examined += 1;
            found.matched += u32::from(passes(wanted.filter.as_ref(), &body));
        }
        passed += page.len();
        let examined = usize::try_from(found.examined).unwrap_or(usize::MAX);
        if last.created_at < since || i64::try_from(page.len()).unwrap_or(PAGE) < PAGE {
            return Ok(found);
        }
        if examined >= MOST_EXAMINED || passed >= MOST_PASSED || bytes >= MOST_BYTES {
            return Ok(FilterPreview { since: last.created_at, complete: false, ..found });
        }
    }
}

fn passes(filter: Option<&Filter>, body: &str) -> bool {
    filter.is_none_or(|filter| serde_json::from_str(body).is_ok_and(|body| filter.matches(&body)))
}
