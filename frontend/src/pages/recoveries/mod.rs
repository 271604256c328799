//! Recovering many deliveries: choosing which and counting them first ([`dialog`]), then how far it is ([`progress`]).

mod choose;
mod progress;

pub use choose::{Choice, dialog};
pub use progress::progress;
