#![doc = include_str!("../README.md")]

mod answer;
mod auth;
mod builder;
mod call;
mod client;
mod dispatch;
mod error;
mod generated;
mod http;
mod list;
mod patch;
mod request;
mod retry;
mod secret;
mod timestamp;
mod tls;
mod vocabulary;

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod webhook;

pub use builder::Builder;
pub use call::{Call, Response};
pub use client::{Client, Sayless};
pub use error::{ApiError, Error, ErrorKind, Field};
pub use generated::{models, resources};
pub use list::{Items, Kind, List, Page, Pages};
pub use patch::Patch;
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use tls::http_client_builder;

/// The HTTP client underneath, for [`Builder::http_client`].
pub use reqwest;
