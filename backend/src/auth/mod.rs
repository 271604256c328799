//! Who is calling, as extractor types.
//!
//! [`identify`] looks at every `/v1` request once and leaves what it found; [`Caller`] with a permission marker in a
//! handler's signature decides whether that is enough.

pub mod address;
pub mod cache;
pub mod caller;
pub mod identify;
pub mod last_used;
pub mod limiter;
pub mod origin;
pub mod permission;
pub mod principal;
pub mod session;
pub mod throttle;
pub mod token;

pub use caller::{Admin, Caller};
pub use principal::{Identity, Principal};
