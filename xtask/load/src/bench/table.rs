//! The table of targets, as it is printed and kept in `bench/README.md`.

use crate::database::Kind;
use crate::stats::{Runs, short};

/// A target and its measurement.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: String,
    pub kind: Option<Kind>,
    pub runs: Runs,
    pub unit: &'static str,
    /// The figure over its reference of the same run, and what that is.
    pub ratio: Option<(Runs, &'static str)>,
    pub target: Target,
}

/// The value that a measurement should reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    AtLeast(f64),
    /// Wanted, and the least that is acceptable.
    Floor(f64, f64),
    AtMost(f64),
    /// The ratio is what counts.
    RatioAtLeast(f64),
    RatioAtMost(f64),
    /// Measured for information.
    None,
}

impl Target {
    fn text(self, unit: &str) -> String {
        match self {
            Self::AtLeast(value) => format!("{} {unit}", short(value)),
            Self::Floor(value, least) => format!("{} {unit}; not below {}", short(value), short(least)),
            Self::AtMost(value) => format!("under {} {unit}", short(value)),
            Self::RatioAtLeast(value) => format!("{} %", short(value * 100.0)),
            Self::RatioAtMost(value) => format!("within {} x", short(value)),
            Self::None => String::new(),
        }
    }

    fn verdict(self, value: f64, ratio: f64) -> &'static str {
        let met = match self {
            Self::Floor(wanted, least) if value < wanted && value >= least => {
                return "missed, above the floor";
            }
            Self::AtLeast(wanted) | Self::Floor(wanted, _) => value >= wanted,
            Self::AtMost(most) => value <= most,
            Self::RatioAtLeast(wanted) => ratio >= wanted,
            Self::RatioAtMost(most) => ratio <= most,
            Self::None => return "",
        };
        if met { "met" } else { "**missed**" }
    }
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    println!("\n| what | database | median (range) | ratio | target | |\n|---|---|---|---|---|---|");
    for row in rows {
        let kind = row.kind.map(|kind| kind.to_string()).unwrap_or_default();
        let ratio = row.ratio.as_ref();
        let value = ratio.map_or(f64::NAN, |(runs, _)| runs.median());
        let shown = ratio.map(|(runs, of)| format!("{} of {of}", short(runs.median()))).unwrap_or_default();
        println!(
            "| {} | {kind} | {} {} | {shown} | {} | {} |",
            row.what,
            row.runs,
            row.unit,
            row.target.text(row.unit),
            row.target.verdict(row.runs.median(), value)
        );
    }
    println!();
}
