// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: app installs.

use crate::vocabulary::words;

words! {
    /// The workspace's policy: the apps of other workspaces that may come in.
    AppPolicy {
        /// Any: a member who lets it act for them installs it.
        Open = "open",
        /// Those that an admin approves; members may ask for them.
        Ask = "ask",
        /// Those that an admin installs; members may not ask for others.
        List = "list",
    }
}

words! {
    /// The workspace's word on apps that are known by a metadata document: their `client_id` is an `https` URL.
    ClientDocuments {
        /// No document is fetched, and no such app asks. Those that are installed keep what members allowed them.
        Off = "off",
        /// They may ask, and the policy says who lets them in.
        On = "on",
    }
}

words! {
    /// The state of an app of another workspace in this one.
    InstallStatus {
        /// A member has asked for it, and no admin has answered.
        Requested = "requested",
        /// An admin has refused it.
        Refused = "refused",
        /// Members may let it act for them.
        Active = "active",
        /// An admin has stopped it, for now.
        Paused = "paused",
    }
}
