// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What follows from the OpenAPI document.

pub mod events;
pub mod models;
pub mod resources;
