//! The delivery engine. The cast: `signature` signs, `address` says where deliveries may go, `send` makes one attempt,
//! `diagnosis` explains how it ended, `retry` decides what comes next. The last two are pure.

pub mod address;
pub mod diagnosis;
pub mod retry;
pub mod send;
pub mod signature;

mod publish;

pub use publish::publish;
