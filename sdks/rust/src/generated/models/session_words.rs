// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: session.

use crate::vocabulary::words;

words! {
    /// The workspace's plan: it decides limits and access to the API.
    Plan {
        /// No API access.
        Free = "free",
        /// API access with the smallest limits.
        Startup = "startup",
        /// API access with ten times the requests and objects that a small team needs.
        Business = "business",
        /// API access with the largest limits.
        Enterprise = "enterprise",
    }
}

words! {
    /// A member's power in a workspace.
    Role {
        /// Sees and changes Settings > API.
        Admin = "admin",
        /// Works with tickets and broadcasts, and withdraws their own authorizations.
        Member = "member",
    }
}
