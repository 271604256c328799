//! The part that all scenarios of `bench` share: the site, the options, and the rows measured so far.

use super::table::Row;
use crate::options::Options;
use crate::world::Site;

/// A run of `bench`. Every scenario is given it, and adds its rows.
#[derive(Debug)]
pub struct Bench<'a> {
    pub site: &'a Site,
    pub options: &'a Options,
    /// Requests per second of a loop that only signs and sends, measured in this run.
    pub bare_posts: f64,
    pub rows: Vec<Row>,
}

impl Bench<'_> {
    /// The number of runs of each measurement.
    pub fn runs(&self) -> usize {
        self.options.runs.unwrap_or(if self.options.quick { 2 } else { 5 })
    }
}
