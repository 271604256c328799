//! The stream of hints: it tells screens what changed, and they fetch that again.

use std::{convert::Infallible, time::Duration};

use actix_web::{HttpResponse, get, web::Bytes, web::Data};
use api_types::{ProblemType, Timestamp, stream::Change};
use futures_util::stream;

use crate::{
    app::App,
    auth::{Caller, permission::DeliveriesRead},
    http::problem::{Answer, Failure},
    signals::hub::{Full, PER_CREDENTIAL, StreamSubscription},
};

/// Milliseconds between two signs of life; with each, the credential is looked up again.
const BEAT_MS: i64 = 15_000;
/// Milliseconds between two changes at least.
const PACE_MS: i64 = 500;

/// Listen for changes
///
/// Server-sent events that only hint at what changed: fetch it again. First comes `ready`; then `change` events, at most two a
/// second, whose data is a JSON object as described here. Changes in between are told together. The stream ends with the
/// credential, and when the server stops: connect again after a few seconds, and fetch everything that is shown.
#[utoipa::path(operation_id = "streamChanges", tag = "Stream",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    responses((status = 200, description = "Events for as long as the credential holds; the data of a `change` is a `Change`",
        content_type = "text/event-stream", body = String, example = "event: change\ndata: {\"topics\":[\"deliveries\"],\"webhook_ids\":[]}\n\n")))]
#[get("/stream")]
pub async fn open(app: Data<App>, caller: Caller<DeliveriesRead>) -> Answer {
    let credential = caller.identity().credential();
    let listening = app.signals.hub.listen(caller.workspace_id(), credential, app.base.settings.streams);
    let subscription = listening.map_err(refused)?;
    let now = app.base.now();
    let open = Open {
        app: app.get_ref().clone(),
        caller,
        subscription,
        greeted: false,
        // A change between the look-up and the listening was heard by nobody.
        checked: false,
        beat_at: now + BEAT_MS,
        change_at: now,
    };
    let events = stream::unfold(open, async |mut open| {
        let event: Result<Bytes, Infallible> = Ok(open.next().await?);
        Some((event, open))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

fn refused(full: Full) -> Failure {
    match full {
        Full::Credential => Failure::new(
            ProblemType::RateLimited,
            format!("This credential has {PER_CREDENTIAL} streams open already. Close one first."),
        )
        .retry_after(15),
        Full::Node => Failure::unavailable("No more streams can be opened here right now.", 15),
    }
}

/// An open stream.
struct Open {
    app: App,
    caller: Caller<DeliveriesRead>,
    subscription: StreamSubscription,
    greeted: bool,
    /// `true`: the credential was looked up since it was last said to have changed.
    checked: bool,
    /// The time at which the next sign of life is due.
    beat_at: Timestamp,
    /// The time before which no further change is sent.
    change_at: Timestamp,
}

impl Open {
    /// The next event; none at the end. Called only while the reader takes what is sent.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.subscription.is_closed() {
                return None;
            }
            let now = self.app.base.now();
            let beat = now >= self.beat_at;
            if beat || self.subscription.credentials_changed() || !self.checked {
                self.check().await?;
            }
            if !self.greeted {
                self.greeted = true;
                return Some(Bytes::from_static(b"retry: 2000\nevent: ready\ndata: {}\n\n"));
            }
            if now >= self.change_at
                && let Some(change) = self.subscription.take_change()
            {
                self.change_at = now + PACE_MS;
                return Some(event(&change));
            }
            if beat {
                self.beat_at = now + BEAT_MS;
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            self.wait(now).await;
        }
    }

    /// Waits until there may be something to say.
    async fn wait(&self, now: Timestamp) {
        let until =
            if self.subscription.has_change() { self.beat_at.min(self.change_at) } else { self.beat_at };
        let rest = u64::try_from(until.millis_since(now)).unwrap_or_default();
        tokio::select! {
            () = self.subscription.news() => {}
            () = self.app.base.clock.sleep(Duration::from_millis(rest)) => {}
        }
    }

    /// Looks the credential up again: `None` where it does not hold any more. While the database is away nothing ends.
    async fn check(&mut self) -> Option<()> {
        match self.caller.check_again(&self.app.auth).await {
            Ok(()) => self.checked = true,
            Err(failure) if failure.is_unavailable() => self.checked = true,
            Err(_) => return None,
        }
        Some(())
    }
}

/// A change as a server-sent event.
fn event(change: &Change) -> Bytes {
    let data = serde_json::to_string(change).unwrap_or_default();
    Bytes::from(format!("event: change\ndata: {data}\n\n"))
}
