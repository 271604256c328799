// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: delivery addresses.

/// An address that deliveries come from, as the operator names it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct DeliveryAddress {
    /// An IP address, or a range of them in CIDR notation.
    pub address: String,
}
