// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: audit log.

use crate::vocabulary::words;

words! {
    /// The order of a list of entries.
    Order {
        /// The newest first, to look at.
        Newest = "newest",
        /// The oldest first, to copy elsewhere.
        Oldest = "oldest",
    }
}

words! {
    /// What was done.
    AuditAction {
        /// A member signed in.
        SessionCreated = "session.created",
        /// A member signed out.
        SessionEnded = "session.ended",
        /// A member moved to another workspace.
        SessionSwitched = "session.switched",
        /// A workspace was created.
        WorkspaceCreated = "workspace.created",
        /// A workspace moved to another plan.
        WorkspacePlanChanged = "workspace.plan_changed",
        /// A member was added.
        MemberAdded = "member.added",
        /// A member's role changed.
        MemberRoleChanged = "member.role_changed",
        /// A member's password changed.
        MemberPasswordChanged = "member.password_changed",
        /// A member was removed.
        MemberRemoved = "member.removed",
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key was changed.
        ApiKeyUpdated = "api_key.updated",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// An API key made its own successor.
        ApiKeyRotated = "api_key.rotated",
        /// An API key ended with the first use of its successor.
        ApiKeyReplaced = "api_key.replaced",
        /// An OAuth app was created.
        OAuthAppCreated = "oauth_app.created",
        /// An OAuth app was changed.
        OAuthAppUpdated = "oauth_app.updated",
        /// An OAuth app was suspended.
        OAuthAppSuspended = "oauth_app.suspended",
        /// A suspended OAuth app works again.
        OAuthAppResumed = "oauth_app.resumed",
        /// An OAuth app's client secret was rotated.
        OAuthAppSecretRotated = "oauth_app.secret_rotated",
        /// An OAuth app's old client secret was dropped before its time.
        OAuthAppSecretDropped = "oauth_app.secret_dropped",
        /// An OAuth app was deleted.
        OAuthAppDeleted = "oauth_app.deleted",
        /// The domain of an OAuth app's publisher was checked, and is as verified as before.
        OAuthAppDomainChecked = "oauth_app.domain_checked",
        /// The domain of an OAuth app's publisher was verified.
        OAuthAppDomainVerified = "oauth_app.domain_verified",
        /// The domain of an OAuth app's publisher is not verified any more.
        OAuthAppDomainLost = "oauth_app.domain_lost",
        /// A member asked for an app of another workspace.
        AppInstallRequested = "app_install.requested",
        /// An app of another workspace was let in.
        AppInstallApproved = "app_install.approved",
        /// An app of another workspace was refused.
        AppInstallRefused = "app_install.refused",
        /// An app of another workspace was paused.
        AppInstallPaused = "app_install.paused",
        /// A paused app of another workspace was resumed.
        AppInstallResumed = "app_install.resumed",
        /// An app of another workspace was removed.
        AppInstallRemoved = "app_install.removed",
        /// It was changed which apps of other workspaces may come in.
        AppPolicyChanged = "app_policy.changed",
        /// A member let an OAuth app act for them, or let it do more.
        AuthorizationGranted = "authorization.granted",
        /// A member refused an OAuth app.
        AuthorizationDenied = "authorization.denied",
        /// A member's consent to an OAuth app was withdrawn.
        AuthorizationWithdrawn = "authorization.withdrawn",
        /// An OAuth app gave a token back.
        OAuthTokenRevoked = "oauth_token.revoked",
        /// A refresh token or an authorization code was used again: every token that came from it was revoked.
        OAuthTokenReused = "oauth_token.reused",
        /// An admin ended the tokens that an OAuth app got by one consent.
        OAuthTokenEnded = "oauth_token.ended",
        /// An admin acknowledged that a refresh token or an authorization code was used again.
        OAuthIncidentAcknowledged = "oauth_incident.acknowledged",
        /// A webhook was created.
        WebhookCreated = "webhook.created",
        /// A webhook was changed.
        WebhookUpdated = "webhook.updated",
        /// A webhook's signing secret was rotated.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// A webhook's old signing secret was dropped before its time.
        WebhookSecretDropped = "webhook.secret_dropped",
        /// A webhook was enabled.
        WebhookEnabled = "webhook.enabled",
        /// A webhook was disabled.
        WebhookDisabled = "webhook.disabled",
        /// A webhook was paused.
        WebhookPaused = "webhook.paused",
        /// A webhook was resumed.
        WebhookResumed = "webhook.resumed",
        /// An admin took a webhook over.
        WebhookAdopted = "webhook.adopted",
        /// A webhook was deleted.
        WebhookDeleted = "webhook.deleted",
        /// A test message was sent.
        WebhookTested = "webhook.tested",
        /// A receiver was checked.
        WebhookChecked = "webhook.checked",
        /// A delivery was retried by hand.
        DeliveryRetried = "delivery.retried",
        /// A delivery was skipped by hand.
        DeliverySkipped = "delivery.skipped",
        /// An event was sent to a webhook by hand.
        EventSent = "event.sent",
        /// Many deliveries were set going again.
        RecoveryStarted = "recovery.started",
        /// A recovery that had stopped goes on.
        RecoveryContinued = "recovery.continued",
        /// A recovery was canceled.
        RecoveryCanceled = "recovery.canceled",
        /// A live credential was pasted into a text, and the text refused.
        SecretPasteRefused = "secret.paste_refused",
        /// A ticket was created.
        TicketCreated = "ticket.created",
        /// A ticket was changed.
        TicketUpdated = "ticket.updated",
        /// A comment was written.
        CommentCreated = "comment.created",
        /// A note was written.
        NoteCreated = "note.created",
        /// A broadcast was drafted.
        BroadcastCreated = "broadcast.created",
        /// A broadcast was sent.
        BroadcastSent = "broadcast.sent",
    }
}
