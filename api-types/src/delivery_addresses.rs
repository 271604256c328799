//! The addresses that deliveries come from, for the firewalls of receivers.

use serde::{Deserialize, Serialize};

/// An address that deliveries come from, as the operator names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryAddress {
    /// An IP address, or a range of them in CIDR notation.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub address: String,
}
