// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: webhooks.

use crate::vocabulary::words;

words! {
    /// A message of a check.
    CheckMessage {
        /// Signed as every message is.
        Valid = "valid",
        /// Signed with a key that is not ours.
        Forged = "forged",
        /// Signed as every message is, ten minutes ago.
        Stale = "stale",
        /// The valid message once more.
        Repeated = "repeated",
        /// Signed with the new secret alone. Sent only while the secret is rotated.
        NewSecret = "new_secret",
    }
}

words! {
    /// Whether a receiver has a property.
    CheckVerdict {
        /// The receiver has the property.
        Passed = "passed",
        /// The receiver has the property, but in a way that will cause trouble.
        Warning = "warning",
        /// The receiver lacks the property.
        Failed = "failed",
        /// The check could not tell.
        Unknown = "unknown",
    }
}

words! {
    /// A property that a good receiver has.
    CheckedProperty {
        /// The receiver takes a message that is signed as it should be.
        Verifies = "verifies",
        /// The receiver refuses a message with a wrong signature.
        RejectsForgeries = "rejects_forgeries",
        /// The receiver refuses an old message that is sent again.
        RejectsReplays = "rejects_replays",
        /// The receiver takes a message that comes a second time.
        TakesRepeats = "takes_repeats",
        /// The receiver answers within a second.
        AnswersInTime = "answers_in_time",
        /// The receiver takes a message that only the new secret signs.
        RotationReady = "rotation_ready",
    }
}

words! {
    /// A comparison of a field with a value.
    FilterOp {
        /// The field is the value.
        Eq = "eq",
        /// The field is there, and is not the value.
        Ne = "ne",
        /// The field is one of the values.
        In = "in",
        /// The text begins with the value.
        Prefix = "prefix",
        /// The field is there and not `null`; with the value `false`: it is not.
        Exists = "exists",
        /// The number or time is greater, or later.
        Gt = "gt",
        /// The number or time is at least the value.
        Gte = "gte",
        /// The number or time is smaller, or earlier.
        Lt = "lt",
        /// The number or time is at most the value.
        Lte = "lte",
    }
}

words! {
    /// What kind of owner a webhook has.
    OwnerKind {
        /// A member.
        Member = "member",
        /// An API key, and those that replace it.
        ApiKey = "api_key",
        /// An OAuth app, as itself and for whichever member.
        OAuthApp = "oauth_app",
    }
}

words! {
    /// How messages are signed (Standard Webhooks).
    SignatureScheme {
        /// HMAC-SHA-256 with a shared `whsec_` secret.
        V1 = "v1",
        /// Ed25519; receivers verify with a `whpk_` public key.
        V1a = "v1a",
    }
}

words! {
    /// The state of a webhook.
    WebhookStatus {
        /// The webhook sends.
        Active = "active",
        /// Somebody paused it: what comes is held until it is resumed.
        Paused = "paused",
        /// The breaker is open: the webhook waits for the receiver to come back.
        Parked = "parked",
        /// The webhook does not send.
        Disabled = "disabled",
    }
}
