//! The stream of hints: it tells screens what changed, and they fetch that again.

use std::{convert::Infallible, time::Duration};

use actix_web::{HttpResponse, get, web::Bytes, web::Data};
use api_types::{
    ProblemType,
    stream::{Change, Topic},
};
use futures_util::stream;

use crate::{
    app::App,
    auth::{Caller, permission::DeliveriesRead},
    db::{share, webhooks},
    http::problem::{Answer, Failure},
    signals::hub::{Full, PER_CREDENTIAL, StreamSubscription},
};

/// The time between two signs of life; with each, the credential is looked up again.
const BEAT: Duration = Duration::from_secs(15);
/// The time between two changes at least.
const PACE: Duration = Duration::from_millis(500);
/// The time between two look-ups of the credential at least, however often credentials of the workspace change.
const CHECK: Duration = Duration::from_secs(1);

/// Listen for changes
///
/// Server-sent events that only hint at what changed: fetch it again. First comes `ready`; then `change` events, at most two a
/// second, whose data is a JSON object as described here. Changes in between are told together. The stream ends with the
/// credential, and when the server stops: connect again after a few seconds, and fetch everything that is shown. A key or token is
/// told of its own webhooks alone.
#[utoipa::path(operation_id = "streamChanges", tag = "Stream",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    responses((status = 200, description = "Events for as long as the credential holds; the data of a `change` is a `Change`",
        content_type = "text/event-stream", body = String, example = "event: change\ndata: {\"topics\":[\"deliveries\"],\"webhook_ids\":[]}\n\n")))]
#[get("/stream")]
pub async fn open(app: Data<App>, caller: Caller<DeliveriesRead>) -> Answer {
    let credential = caller.identity().credential();
    let listening = app.signals.hub.listen(caller.workspace_id(), credential, app.base.settings.streams);
    let subscription = listening.map_err(refused)?;
    let now = app.base.clock.monotonic();
    let open = Open {
        app: app.get_ref().clone(),
        caller,
        subscription,
        greeted: false,
        // A change between the look-up and the listening was heard by nobody.
        checked: false,
        check_at: now,
        beat_at: now + BEAT,
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
    /// The monotonic time before which the credential is not looked up again because of a change.
    check_at: Duration,
    /// The monotonic time at which the next sign of life is due.
    beat_at: Duration,
    /// The monotonic time before which no further change is sent.
    change_at: Duration,
}

impl Open {
    /// The next event; none at the end. Called only while the reader takes what is sent.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.subscription.is_closed() {
                return None;
            }
            let now = self.app.base.clock.monotonic();
            let beat = now >= self.beat_at;
            if self.subscription.credentials_changed() {
                self.checked = false;
            }
            if beat || (!self.checked && now >= self.check_at) {
                self.check().await?;
                if self.greeted {
                    self.check_at = now + CHECK;
                }
            }
            if !self.greeted {
                self.greeted = true;
                return Some(Bytes::from_static(b"retry: 2000\nevent: ready\ndata: {}\n\n"));
            }
            // A credential that may have ended is told nothing.
            if self.checked
                && now >= self.change_at
                && let Some(change) = self.subscription.take_change()
            {
                self.change_at = now + PACE;
                match self.visible(change).await {
                    Some(change) => return Some(event(&change)),
                    None => continue,
                }
            }
            if beat {
                self.beat_at = now + BEAT;
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            self.wait(now).await;
        }
    }

    /// The part of a change that is there for the caller: a key or a token is told of its own webhooks alone. A change that names no
    /// webhook may be of any.
    async fn visible(&self, mut change: Change) -> Option<Change> {
        let viewer = self.caller.viewer();
        if viewer.own.is_none() {
            return Some(change);
        }
        change.topics.retain(|topic| !matches!(topic, Topic::OAuthApps | Topic::ApiKeys));
        if !change.webhook_ids.is_empty() {
            let named = change.webhook_ids.clone();
            let own = self.app.base.db.query(move |conn| webhooks::ids_seen_by(conn, &viewer, Some(&named)));
            let own = share::for_workspace(self.caller.workspace_id(), own).await;
            // While the database is away, the hint is that of any webhook.
            let told = own.is_err();
            change.webhook_ids = own.unwrap_or_default();
            change.webhook_ids.sort_unstable();
            if change.webhook_ids.is_empty() && !told {
                return None;
            }
        }
        (!change.topics.is_empty()).then_some(change)
    }

    /// Waits until there may be something to say.
    async fn wait(&self, now: Duration) {
        let until = match (self.checked, self.subscription.has_change()) {
            (false, _) => self.beat_at.min(self.check_at),
            (true, true) => self.beat_at.min(self.change_at),
            (true, false) => self.beat_at,
        };
        let rest = until.saturating_sub(now);
        tokio::select! {
            () = self.subscription.news() => {}
            () = self.app.base.clock.sleep(rest) => {}
        }
    }

    /// Looks the credential up again: `None` where it does not hold any more. While the database is away nothing ends.
    async fn check(&mut self) -> Option<()> {
        let workspace = self.caller.workspace_id();
        match share::for_workspace(workspace, self.caller.check_again(&self.app.auth)).await {
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
