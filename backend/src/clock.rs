//! Time, as a parameter: the wall clock in production, a clock that is moved by hand in tests.
//!
//! On PostgreSQL a clock shows the database's time as soon as it was told that time ([`Clock::follow`]): leases, paces, expiries
//! and ids of all nodes go by one clock, however wrong a node's own is. In between, it goes on by the node's monotonic time, so
//! that a step of the node's wall clock changes nothing.

use std::{
    fmt,
    sync::{Arc, LazyLock, PoisonError, RwLock},
    time::{Duration, Instant},
};

use api_types::Timestamp;
use tokio::sync::watch;

use crate::synced_time::{Measured, SyncedTime};

/// The source of the time. Cheap to clone.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    /// The database's time, once it was measured.
    synced: Arc<RwLock<Option<SyncedTime>>>,
}

#[derive(Clone)]
enum Source {
    Wall,
    Hands {
        hands: Arc<watch::Sender<Hands>>,
        /// Milliseconds by which this clock's wall time is ahead of what the hands show.
        ahead: i64,
    },
}

/// The two times that a clock shows which is moved by hand.
#[derive(Clone, Copy)]
struct Hands {
    wall: Timestamp,
    monotonic: Duration,
}

/// The moment from which the process counts its monotonic time.
#[expect(clippy::disallowed_methods, reason = "ages are measured by real time")]
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::Wall => "Clock(wall)",
            Source::Hands { .. } => "Clock(by hand)",
        })
    }
}

impl Clock {
    pub fn wall() -> Self {
        Self { source: Source::Wall, synced: Arc::default() }
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn by_hand(start: Timestamp) -> Self {
        // As long ago as the wall says: any value would do.
        let monotonic = Duration::from_millis(u64::try_from(start.as_millis()).unwrap_or(0));
        let hands = Arc::new(watch::Sender::new(Hands { wall: start, monotonic }));
        Self { source: Source::Hands { hands, ahead: 0 }, synced: Arc::default() }
    }

    /// The wrong clock of another machine: it is moved by the same hands, and `by` ahead. The wall clock has none.
    #[must_use]
    pub fn ahead(&self, by: Duration) -> Self {
        let source = match &self.source {
            Source::Wall => Source::Wall,
            Source::Hands { hands, ahead } => {
                Source::Hands { hands: Arc::clone(hands), ahead: ahead + millis(by) }
            }
        };
        Self { source, synced: Arc::default() }
    }

    /// The time: the database's where the clock follows it, the node's own elsewhere.
    pub fn now(&self) -> Timestamp {
        self.shows(|| self.own(), || self.monotonic())
    }

    fn shows(&self, own: impl FnOnce() -> Timestamp, monotonic: impl FnOnce() -> Duration) -> Timestamp {
        let synced = *self.synced.read().unwrap_or_else(PoisonError::into_inner);
        synced.map_or_else(own, |synced| synced.now(monotonic()))
    }

    /// The time that the node's own clock shows, right or wrong.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn own(&self) -> Timestamp {
        match &self.source {
            Source::Wall => Timestamp::from_millis(chrono::Utc::now().timestamp_millis()),
            Source::Hands { hands, ahead } => hands.borrow().wall + *ahead,
        }
    }

    /// Goes by the database's time from now on.
    pub fn follow(&self, measured: Measured) {
        let mut synced = self.synced.write().unwrap_or_else(PoisonError::into_inner);
        *synced = Some(synced.map_or_else(|| SyncedTime::new(measured), |before| before.corrected(measured)));
    }

    /// Milliseconds by which the time shown is ahead of the node's own clock; 0 where the clock follows no database.
    pub fn offset_ms(&self) -> i64 {
        self.now().millis_since(self.own())
    }

    /// The database's time in tests that move the clock by hand; `None` where the database is to be asked.
    pub fn stand_in(&self) -> Option<Measured> {
        match &self.source {
            Source::Wall => None,
            Source::Hands { hands, .. } => {
                let Hands { wall, monotonic } = *hands.borrow();
                Some(Measured { at: monotonic, micros: wall.as_millis() * 1000, within: Duration::ZERO })
            }
        }
    }

    /// The time since some moment of the past. It never goes back, also where the wall clock does: what lives in memory
    /// alone is aged by it.
    pub fn monotonic(&self) -> Duration {
        match &self.source {
            Source::Wall => BEGINNING.elapsed(),
            Source::Hands { hands, .. } => hands.borrow().monotonic,
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        match &self.source {
            Source::Wall => tokio::time::sleep(duration).await,
            Source::Hands { hands, .. } => {
                let shown = *hands.borrow();
                sleep_by_hand(hands, shown.monotonic.saturating_add(duration)).await;
            }
        }
    }

    /// Sleeps for as long as this clock needs from now to `until`; not at all where that is past. A clock that is set
    /// meanwhile neither shortens nor prolongs the sleep, so a caller looks at the clock again.
    pub async fn sleep_until(&self, until: Timestamp) {
        let rest = |now| Duration::from_millis(u64::try_from(until.millis_since(now)).unwrap_or(0));
        match &self.source {
            Source::Wall => tokio::time::sleep(rest(self.now())).await,
            Source::Hands { hands, ahead } => {
                // Read once, so that the hands cannot move in between.
                let shown = *hands.borrow();
                let now = self.shows(|| shown.wall + *ahead, || shown.monotonic);
                sleep_by_hand(hands, shown.monotonic.saturating_add(rest(now))).await;
            }
        }
    }

    /// Moves a clock that is moved by hand. Does nothing to the wall clock.
    pub fn advance(&self, duration: Duration) {
        if let Source::Hands { hands, .. } = &self.source {
            hands.send_modify(|now| {
                now.wall = now.wall + millis(duration);
                now.monotonic += duration;
            });
        }
    }

    /// Sets back the wall time of a clock that is moved by hand, as an operator or a time server does; the monotonic time
    /// stays. Does nothing to the wall clock.
    pub fn set_back(&self, duration: Duration) {
        if let Source::Hands { hands, .. } = &self.source {
            hands.send_modify(|now| now.wall = now.wall - millis(duration));
        }
    }
}

/// Sleeps until the hands show this monotonic time.
async fn sleep_by_hand(hands: &watch::Sender<Hands>, until: Duration) {
    // The sender is borrowed, so waiting cannot fail.
    let _ = hands.subscribe().wait_for(|now| now.monotonic >= until).await;
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Measures a duration in real time, also where the clock is moved by hand. Of two, the one that was started later is
/// the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "durations are measured, not scheduled, by real time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// The time since the start, in milliseconds.
    pub fn millis(self) -> f64 {
        self.elapsed().as_secs_f64() * 1000.0
    }
}
