//! Time, as a parameter: the wall clock in production, a clock that is moved by hand in tests.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use api_types::Timestamp;
use tokio::sync::watch;

/// The source of the time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    Wall,
    Hands(Arc<watch::Sender<Timestamp>>),
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Wall => "Clock(wall)",
            Source::Hands(_) => "Clock(by hand)",
        })
    }
}

impl Clock {
    pub const fn wall() -> Self {
        Self(Source::Wall)
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn by_hand(start: Timestamp) -> Self {
        Self(Source::Hands(Arc::new(watch::Sender::new(start))))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::Wall => Timestamp::from_millis(chrono::Utc::now().timestamp_millis()),
            Source::Hands(hands) => *hands.borrow(),
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::Wall => tokio::time::sleep(duration).await,
            Source::Hands(_) => {
                let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
                self.sleep_until(self.now() + millis).await;
            }
        }
    }

    /// Sleeps until this clock shows `until`; returns at once where that is past.
    pub async fn sleep_until(&self, until: Timestamp) {
        match &self.0 {
            Source::Wall => {
                let millis = u64::try_from(until.millis_since(self.now())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            Source::Hands(hands) => {
                // The sender lives in `hands`, so waiting cannot fail.
                let _ = hands.subscribe().wait_for(|now| *now >= until).await;
            }
        }
    }

    /// Moves a clock that is moved by hand. Does nothing to the wall clock.
    pub fn advance(&self, duration: Duration) {
        if let Source::Hands(hands) = &self.0 {
            let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            hands.send_modify(|now| *now = *now + millis);
        }
    }
}

/// Measures a duration in real time, also where the clock is moved by hand.
#[derive(Clone, Copy, Debug)]
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
