//! The admission of an app to the workspace of a member who is asked about it.

use crate::words::words;

words! {
    /// The workspace's word on an app that a member is asked about.
    Admission {
        /// The app may act here.
        Admitted = "admitted",
        /// It may once this member allows it: that installs it.
        Installs = "installs",
        /// An admin must let it in, and the member may ask for that.
        Ask = "ask",
        /// Somebody has asked, and no admin has answered.
        Waiting = "waiting",
        /// An admin has refused it.
        Refused = "refused",
        /// An admin has paused it.
        Paused = "paused",
        /// Only apps that an admin installs may come in, and it is none of them.
        NotListed = "not_listed",
    }
}

impl Admission {
    /// `true` where the member's yes lets the app in.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Admitted | Self::Installs)
    }

    /// The reason in a sentence, for the member and for the app; empty where there is nothing in the way.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Admitted | Self::Installs => "",
            Self::Ask => "An admin of the workspace must let this app in first.",
            Self::Waiting => {
                "An admin of the workspace has been asked for this app, and has not answered yet."
            }
            Self::Refused => "An admin of the workspace has refused this app.",
            Self::Paused => "An admin of the workspace has paused this app.",
            Self::NotListed => "Only apps that an admin has installed may be used in this workspace.",
        }
    }
}
