//! Trying a webhook's receiver: a test message, and the check that tells what it makes of good and bad messages.

use actix_web::{post, web::Data};
use api_types::{
    ProblemType,
    audit::AuditAction,
    events::EventType,
    ids::{EventId, WebhookId, WorkspaceId},
    problem::FaultCode,
    receiver_checks::ReceiverCheck,
    webhooks::{NewTest, TestResult},
};
use serde_json::json;

use super::editing::Editing;
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    catalogue::Subscription,
    db::{Conn, events, webhooks},
    delivery::{self, TestError, TestMessage},
    http::{
        body::Body,
        etag::{IfMatch, Target},
        fields::{Fields, quoted},
        made::Made,
        path_id::Noun,
        problem::{Answer, Failure},
    },
    routes::idempotent::{Claim, IdempotencyKey},
};

/// The time between two checks of a webhook, in milliseconds.
const BETWEEN_CHECKS: i64 = 60_000;

/// Send a test
///
/// Sends one message at once to this webhook alone, and answers with the whole attempt: `webhook.test`, the example of any type that
/// the webhook wants, or an event of the past. It enters no failure list.
#[utoipa::path(operation_id = "testWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey), request_body = NewTest,
    responses((status = 200, description = "What the receiver answered, or what went wrong", body = TestResult)))]
#[post("/webhooks/{id}/test")]
pub async fn test(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
    body: Body<NewTest>,
) -> Answer {
    let id = target.id;
    let wanted = check(&body.value)?;
    let who = caller.who();
    let request = key.of(&caller, body.digest);
    let editing = Editing::of(caller, target).allowed(&app.base).await?;
    // The exchange with the receiver spans no transaction.
    let claimed = match request.claim(&app.base).await? {
        Claim::Answered(response) => return Ok(response),
        Claim::Work(claimed) => claimed,
    };
    let noted = app.base.db.write(move |tx| -> Answer<TestMessage> {
        let edited = editing.open(tx)?;
        let message = chosen(tx, &edited.before.event_types.0, edited.who.workspace_id, &wanted)?;
        let details = match &message {
            TestMessage::Example(EventType::WebhookTest) => json!({}),
            TestMessage::Example(kind) => json!({ "event_type": kind }),
            TestMessage::Past(event) => json!({ "event_type": event.kind, "event_id": event.id }),
        };
        edited.audit(tx, AuditAction::WebhookTested, details)?;
        Ok(message)
    });
    let tested = match noted.await {
        Ok(message) => delivery::send_test(&app.delivery, &who, id, message)
            .await
            .map_err(untested)
            .and_then(|result| Made::json(200, &result)),
        Err(failure) => Err(failure),
    };
    claimed.finish(&app.base, tested).await
}

/// The message that a caller asks for.
enum Wanted {
    Example(EventType),
    Past(EventId),
}

fn check(input: &NewTest) -> Answer<Wanted> {
    let mut fields = Fields::new();
    let types: Vec<&str> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let kind = input.event_type.as_deref().and_then(|word| fields.word("event_type", word, &types));
    let event = input.event_id.as_deref().and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            fields.wrong("event_id", FaultCode::Malformed, format!("{} is not an event's id.", quoted(text)));
        }
        id
    });
    if input.event_type.is_some() && input.event_id.is_some() {
        fields.wrong("event_id", FaultCode::NotAllowed, "Name a type or an event, not both.");
    }
    let wanted = match (kind, event) {
        (_, Some(event)) => Wanted::Past(event),
        (kind, None) => Wanted::Example(kind.unwrap_or(EventType::WebhookTest)),
    };
    fields.check(wanted)
}

/// Finds the message, which must be of a type that the webhook wants: its events are what the caller may read.
fn chosen(
    conn: &mut Conn,
    subscriptions: &[Subscription],
    workspace: WorkspaceId,
    wanted: &Wanted,
) -> Answer<TestMessage> {
    let refuse = |field: &str, kind: EventType| {
        let detail =
            format!("The webhook does not want {kind}. Subscribe it to that type first, or choose another.");
        Failure::field(field, FaultCode::NotAllowed, detail)
    };
    let wants = |kind| subscriptions.iter().any(|subscription| subscription.matches(kind));
    match *wanted {
        Wanted::Example(kind) if kind == EventType::WebhookTest || wants(kind) => {
            Ok(TestMessage::Example(kind))
        }
        Wanted::Example(kind) => Err(refuse("event_type", kind)),
        Wanted::Past(id) => {
            let event = events::find(conn, workspace, id)?.ok_or_else(|| {
                let detail = "There is no such event in this workspace, or it is kept no longer.";
                Failure::field("event_id", FaultCode::NotFound, detail)
            })?;
            if wants(event.kind) {
                Ok(TestMessage::Past(Box::new(event)))
            } else {
                Err(refuse("event_id", event.kind))
            }
        }
    }
}

/// Check a receiver
///
/// Sends a few messages at once to this webhook alone, and says what its receiver makes of them: a valid one, a forged one, one that was
/// signed ten minutes ago, the valid one again, and, while the secret is rotated, one under the new secret alone. It enters no
/// failure list and does not count for the webhook's health. A webhook is checked once a minute at most.
#[utoipa::path(operation_id = "checkWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required", "conflict"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "What the receiver did with each message", body = ReceiverCheck)))]
#[post("/webhooks/{id}/check")]
pub async fn check_receiver(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let who = caller.who();
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target).allowed(&app.base).await?;
    let claimed = match request.claim(&app.base).await? {
        Claim::Answered(response) => return Ok(response),
        Claim::Work(claimed) => claimed,
    };
    let noted = app.base.db.write(move |tx| -> Answer<()> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        let since = webhooks::note_check(tx, id, now)?.map(|last| now.millis_since(last));
        // A check that seems to lie ahead was made before the clock was set back.
        if let Some(since) = since.filter(|since| (0..BETWEEN_CHECKS).contains(since)) {
            let detail = "This webhook was checked within the last minute. Check it again in a moment.";
            let seconds = u64::try_from((BETWEEN_CHECKS - since).div_euclid(1_000) + 1).unwrap_or(60);
            return Err(Failure::new(ProblemType::RateLimited, detail).retry_after(seconds.min(60)));
        }
        edited.audit(tx, AuditAction::WebhookChecked, json!({}))
    });
    let checked = match noted.await {
        Ok(()) => delivery::check_receiver(&app.delivery, &who, id)
            .await
            .map_err(untested)
            .and_then(|result| Made::json(200, &result)),
        Err(failure) => Err(failure),
    };
    claimed.finish(&app.base, checked).await
}

/// The failure that the caller is told where nothing could be sent.
fn untested(error: TestError) -> Failure {
    match error {
        TestError::NotFound => WebhookId::missing(),
        TestError::Changed => {
            Failure::conflict("The webhook was changed while it was checked. Check it again in a minute.")
        }
        TestError::NoSecret => Failure::internal(&"a webhook's signing secret cannot be used"),
        TestError::Database(error) => error.into(),
    }
}
