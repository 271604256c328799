//! Events as a log: read in order, from a place on, and waited for.

use std::{collections::BTreeSet, fmt, str::FromStr, time::Duration};

use actix_web::{get, web::Data, web::Json};
use api_types::{
    Page, ProblemType,
    events::{Event, EventOrder, EventType},
    ids::{EventId, WorkspaceId},
    page::{DEFAULT_LIMIT, MAX_LIMIT},
    problem::FaultCode,
};

use super::events as event_routes;
use crate::{
    app::App,
    auth::{Caller, permission::DeliveriesRead},
    catalogue::Reader,
    db::{
        Conn,
        event_log::{self, LogFilter, LogRow, Part},
        event_positions::{self, LogEnd},
    },
    http::{
        paging,
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
    signals::log_readers::{LogReader, PER_WORKSPACE, TooMany},
};

type EventTypes = Several<EventType>;

/// The longest that a reader may wait, in seconds.
const MAX_WAIT: u32 = 30;
/// The word for the end of the log, as `after`.
const LATEST: &str = "latest";
/// The time after which a reader that waits looks by itself: a hint may have been lost.
const LOOK: Duration = Duration::from_secs(1);
/// The same while somebody is storing an event that is not to be seen yet.
const LOOK_SOON: Duration = Duration::from_millis(100);

/// The place in the log, the events that are wanted, and how long to wait for one.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// The place to go on after: the `next_cursor` of the answer before, an event's id, or `latest` for what is published from now
    /// on. Absent, the list begins at its beginning.
    after: Option<String>,
    /// Only events of one of these types; several by repeating the parameter or separated by commas.
    #[param(value_type = EventTypes, inline, style = Form, explode, required = false)]
    r#type: BTreeSet<EventType>,
    /// Only events about the object with this id: their `data.id`. Events from before 28 November 2026 are not found by it.
    object_id: Option<String>,
    /// The order: `oldest` first is the log, `newest` first is for looking at.
    #[param(inline)]
    order: Option<EventOrder>,
    /// How many events to give at most: 1 to 200, 50 where absent. A page holds 4 MiB at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// Seconds to wait for an event where there is none yet: 1 to 30. Not at all where absent.
    #[param(minimum = 1, maximum = 30)]
    wait: Option<u32>,
}

impl FromQuery for LogQuery {
    fn read(query: &mut QueryReader) -> Self {
        let read = Self {
            limit: query.number("limit", MAX_LIMIT),
            after: query.value("after"),
            r#type: query.words("type"),
            object_id: query.text("object_id"),
            order: query.word("order"),
            wait: query.number("wait", MAX_WAIT),
        };
        if read.is_newest_first() {
            let not_here = "It goes with the order `oldest` alone.";
            if read.wait.is_some() {
                query.wrong("wait", FaultCode::NotAllowed, not_here);
            }
            if read.after.as_deref() == Some(LATEST) {
                query.wrong("after", FaultCode::NotAllowed, not_here);
            }
        }
        read
    }
}

impl LogQuery {
    fn is_newest_first(&self) -> bool {
        self.order == Some(EventOrder::Newest)
    }
}

/// List events
///
/// The workspace's events as a log, oldest first: in an order that never changes and without gaps, so that whoever goes on after
/// `next_cursor` misses nothing. `next_cursor` is always there; where nothing more has happened yet, `wait` has the answer come with
/// the next event, or empty after that time. At most 50 requests of a workspace wait at once. Events are kept for 30 days, unless the
/// operator chose otherwise: a place of which later events are gone is answered with `events-expired`. With `order=newest` the list
/// is for looking at, and its last page has no `next_cursor`.
#[utoipa::path(operation_id = "listEvents", tag = "Events",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    extensions(("x-problems" = json!(["events-expired"]))),
    params(LogQuery), responses((status = 200, description = "A page of events", body = Page<Event>)))]
#[get("/events")]
pub async fn list(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    Query(query): Query<LogQuery>,
) -> Answer<Json<Page<Event>>> {
    let reading = Reading {
        workspace: caller.workspace_id(),
        reader: caller.viewer().reader,
        filter: LogFilter { kinds: query.r#type.clone(), object: query.object_id.clone() },
        limit: query.limit.unwrap_or(DEFAULT_LIMIT),
    };
    let place = query.after.as_deref().map(|after| Place::read(&app, after)).transpose()?;
    if query.is_newest_first() {
        return Ok(Json(reading.newest_first(&app, place).await?));
    }
    // Its place is taken before the first look, so that nothing is published in between unheard.
    let mut waiting =
        query.wait.map(|seconds| Waiting::enter(&app, reading.workspace, seconds)).transpose()?;
    let mut found = reading.go_on(&app, place).await?;
    while let Some(waiting) = &mut waiting
        && found.rows.is_empty()
        && waiting.goes_on(&app, found.moves).await
    {
        found = reading.go_on(&app, Some(Place::After(found.next))).await?;
        // The credential may have ended meanwhile, by the very change that was waited for.
        caller.check_again(&app.auth).await?;
    }
    let next = paging::seal(&found.next.to_string(), &app.base.keys);
    Ok(Json(Page { data: shown(found.rows, &reading.reader)?, next_cursor: Some(next) }))
}

/// A request that waits for an event.
struct Waiting {
    reader: LogReader,
    /// The monotonic time at which it gives up.
    until: Duration,
    /// It has waited before, and what came then was not for it.
    disappointed: bool,
}

impl Waiting {
    /// Takes a place among those who wait, for so many seconds.
    fn enter(app: &App, workspace: WorkspaceId, seconds: u32) -> Answer<Self> {
        let reader = app.signals.log.enter(workspace, app.base.settings.streams).map_err(refused)?;
        let until = app.base.clock.monotonic() + Duration::from_secs(seconds.into());
        Ok(Self { reader, until, disappointed: false })
    }

    /// Waits until there may be an event, or the credential may have ended. `false` once the time is over, or the server stops.
    async fn goes_on(&mut self, app: &App, moves: bool) -> bool {
        let rest = self.until.saturating_sub(app.base.clock.monotonic());
        if rest.is_zero() {
            return false;
        }
        // Many who wait for what is rare do not all look each time that anything is published.
        if std::mem::replace(&mut self.disappointed, true) {
            tokio::time::sleep(LOOK_SOON).await;
        }
        tokio::select! {
            goes_on = self.reader.news() => goes_on,
            () = tokio::time::sleep(if moves { LOOK_SOON } else { LOOK }) => true,
            () = app.base.clock.sleep(rest) => true,
        }
    }
}

fn refused(too_many: TooMany) -> Failure {
    match too_many {
        TooMany::Workspace => Failure::new(
            ProblemType::RateLimited,
            format!("{PER_WORKSPACE} requests of this workspace wait for events already. Ask without `wait`, or later."),
        )
        .retry_after(15),
        TooMany::Node => Failure::unavailable("No more requests can wait for events here right now.", 15),
    }
}

fn shown(rows: Vec<LogRow>, reader: &Reader) -> Answer<Vec<Event>> {
    rows.into_iter().map(|row| event_routes::to_wire(row.event, reader)).collect()
}

/// A position in the log, as a cursor remembers it: no cursor of another list is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position(i64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log {}", self.0)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.strip_prefix("log ").and_then(|number| number.parse().ok()).map(Self).ok_or(())
    }
}

/// The place that a reader names.
#[derive(Clone, Copy, Debug)]
enum Place {
    After(Position),
    Event(EventId),
    Latest,
}

impl Place {
    fn read(app: &App, after: &str) -> Answer<Self> {
        if after == LATEST {
            return Ok(Self::Latest);
        }
        if let Ok(id) = after.parse() {
            return Ok(Self::Event(id));
        }
        paging::open_as("after", after, &app.base.keys).map(Self::After)
    }

    /// The position that the place is at; an event that is not kept has none.
    fn find(self, conn: &mut Conn, workspace: WorkspaceId, end: LogEnd) -> Answer<i64> {
        match self {
            Self::After(position) => Ok(position.0),
            Self::Latest => Ok(end.position),
            Self::Event(id) => match event_log::position_of(conn, workspace, id)? {
                Some(position) => Ok(position),
                None => Err(unknown(conn, workspace, id)?),
            },
        }
    }
}

/// The refusal of a place after an event that is not here, or no longer.
fn unknown(conn: &mut Conn, workspace: WorkspaceId, id: EventId) -> Answer<Failure> {
    let oldest = event_log::oldest(conn, workspace)?;
    let was_kept = oldest.as_ref().is_none_or(|oldest| id < oldest.event.id);
    if was_kept && event_positions::start(conn, workspace)? > 0 {
        return Ok(expired(oldest));
    }
    let detail = "There is no such event in this workspace.";
    Ok(Failure::parameter("after", FaultCode::NotFound, detail))
}

/// The refusal of a place of which later events are gone.
fn expired(oldest: Option<LogRow>) -> Failure {
    let begin = match oldest {
        Some(LogRow { event, .. }) => {
            format!(
                "The oldest that is kept is {}, of {}. Leave `after` out to begin with it.",
                event.id, event.created_at
            )
        }
        None => "None is kept. Leave `after` out to begin with the next.".to_owned(),
    };
    Failure::new(ProblemType::EventsExpired, format!("Events after this place are no longer kept. {begin}"))
}

/// The events that a reader wants.
#[derive(Clone, Debug)]
struct Reading {
    workspace: WorkspaceId,
    reader: Reader,
    filter: LogFilter,
    limit: u32,
}

/// What a look into the log found.
struct Found {
    rows: Vec<LogRow>,
    /// The place to go on after.
    next: Position,
    /// The log is about to grow.
    moves: bool,
}

impl Reading {
    /// Reads on after a place; from the beginning where there is none.
    async fn go_on(&self, app: &App, place: Option<Place>) -> Answer<Found> {
        let Self { workspace, filter, limit, .. } = self.clone();
        // Each statement by itself, since the rows have to be read by a later snapshot than the end.
        let read = app.base.db.query(move |conn| Ok(read(conn, workspace, place, &filter, limit)));
        read.await?
    }

    /// A page of the newest events.
    async fn newest_first(&self, app: &App, place: Option<Place>) -> Answer<Page<Event>> {
        let Self { workspace, filter, limit, .. } = self.clone();
        let page = app.base.db.read(move |conn| -> Answer<_> {
            let end = LogEnd { position: i64::MAX, moves: false };
            let before = place.map(|place| place.find(conn, workspace, end)).transpose()?;
            Ok(event_log::read(conn, workspace, &filter, Part::Descending { before }, limit)?)
        });
        let (rows, more) = page.await?;
        let next = rows.last().filter(|_| more).map(|row| Position(row.position));
        let next_cursor = next.map(|next| paging::seal(&next.to_string(), &app.base.keys));
        Ok(Page { data: shown(rows, &self.reader)?, next_cursor })
    }
}

fn read(
    conn: &mut Conn,
    workspace: WorkspaceId,
    place: Option<Place>,
    filter: &LogFilter,
    limit: u32,
) -> Answer<Found> {
    let end = event_positions::end(conn, workspace)?;
    let after = match place {
        Some(place) => place.find(conn, workspace, end)?,
        None => event_positions::start(conn, workspace)?.min(end.position),
    };
    let part = Part::Ascending { after, to: end.position };
    let (rows, more) = event_log::read(conn, workspace, filter, part, limit)?;
    // What was removed before the rows were read is known to be gone by now.
    if place.is_some() && after < event_positions::start(conn, workspace)? {
        return Err(expired(event_log::oldest(conn, workspace)?));
    }
    let last = rows.last().filter(|_| more).map(|row| row.position);
    let next = Position(last.unwrap_or(end.position.max(after)));
    Ok(Found { rows, next, moves: end.moves })
}
