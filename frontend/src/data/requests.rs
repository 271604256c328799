//! The requests of one object or list: their order, so that an answer which a newer request has overtaken is dropped.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// The requests of one object or list.
#[derive(Default)]
pub struct Requests {
    /// The number of the newest request.
    newest: AtomicU32,
    /// The number of requests under way.
    under_way: AtomicU32,
    /// True where something changed while a request was under way: another follows it.
    again: AtomicBool,
}

impl Requests {
    /// Counts a request that begins, and gives it its number.
    pub fn begin(&self) -> u32 {
        self.under_way.fetch_add(1, Relaxed);
        self.newest.fetch_add(1, Relaxed) + 1
    }

    /// Counts a request that ended; true where no newer one has begun.
    pub fn end(&self, run: u32) -> bool {
        self.under_way.fetch_sub(1, Relaxed);
        self.newest.load(Relaxed) == run
    }

    /// True where a hint may be followed now; otherwise it is followed once the request under way has ended.
    pub fn may_begin(&self) -> bool {
        let free = self.under_way.load(Relaxed) == 0;
        self.again.store(!free, Relaxed);
        free
    }

    /// True once after a hint that came while a request was under way.
    pub fn wanted_again(&self) -> bool {
        self.under_way.load(Relaxed) == 0 && self.again.swap(false, Relaxed)
    }

    /// Makes every request under way count as overtaken: a change has answered with something newer.
    pub fn overtake(&self) {
        self.newest.fetch_add(1, Relaxed);
    }
}
