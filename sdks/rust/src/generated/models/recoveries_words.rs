// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: recoveries.

use crate::vocabulary::words;

words! {
    /// The deliveries that a recovery is for.
    Included {
        /// Those that failed, for good or for now.
        Failed = "failed",
        /// Those that were canceled.
        Canceled = "canceled",
        /// Events that the webhook wants and was never to get: they were published before it existed, or are of a type that it did not want then.
        Missing = "missing",
        /// Those that the receiver took: they are sent once more.
        Succeeded = "succeeded",
    }
}

words! {
    /// The state of a recovery.
    RecoveryStatus {
        /// The recovery was only counted: `dry_run`.
        Counted = "counted",
        /// The recovery is setting deliveries going.
        Running = "running",
        /// The recovery has looked at every delivery that matched.
        Done = "done",
        /// A stage of its canary failed: it sets nothing more going until it is continued or canceled.
        Stopped = "stopped",
        /// The recovery was canceled; deliveries that it had set going go on.
        Canceled = "canceled",
    }
}
