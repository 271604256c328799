//! OAuth 2.1: what an app is allowed to be.

pub mod redirect_uri;
