// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: deliveries.

use crate::vocabulary::words;

words! {
    /// The reason for canceling a delivery.
    CancelReason {
        /// The webhook was disabled.
        WebhookDisabled = "webhook_disabled",
        /// The webhook was deleted.
        WebhookDeleted = "webhook_deleted",
        /// The workspace moved to a plan without the API.
        Plan = "plan",
        /// Somebody skipped it by hand.
        Skipped = "skipped",
        /// The webhook was not there yet, or did not want this type; a recovery has made the delivery afterwards.
        Missed = "missed",
    }
}

words! {
    /// The state of a delivery.
    DeliveryStatus {
        /// Nothing failed yet.
        Pending = "pending",
        /// An attempt failed; more are due.
        Retrying = "retrying",
        /// The receiver took it.
        Succeeded = "succeeded",
        /// The retries are used up.
        Failed = "failed",
        /// The delivery will not be sent; the reason says why.
        Canceled = "canceled",
    }
}
