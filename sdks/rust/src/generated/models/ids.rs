// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Ids.

use crate::vocabulary::ids;

ids! {
    /// The id of an api key: `key_…`.
    ApiKeyId;
    /// The id of an app install: `ins_…`.
    AppInstallId;
    /// The id of an attempt: `att_…`.
    AttemptId;
    /// The id of an audit: `aud_…`.
    AuditId;
    /// The id of an authorization: `atz_…`.
    AuthorizationId;
    /// The id of a broadcast: `brd_…`.
    BroadcastId;
    /// The id of a comment: `cmt_…`.
    CommentId;
    /// The id of a delivery: `dlv_…`.
    DeliveryId;
    /// The id of an event: `evt_…`.
    EventId;
    /// The id of a member: `usr_…`.
    MemberId;
    /// The id of a note: `nte_…`.
    NoteId;
    /// The id of an OAuth app: `app_…`.
    OAuthAppId;
    /// The id of an OAuth failure: `oaf_…`.
    OAuthFailureId;
    /// The id of a recovery: `rcv_…`.
    RecoveryId;
    /// The id of a secret: `sec_…`.
    SecretId;
    /// The id of a ticket: `tkt_…`.
    TicketId;
    /// The id of a token family: `fam_…`.
    TokenFamilyId;
    /// The id of a webhook: `whk_…`.
    WebhookId;
    /// The id of a workspace: `wsp_…`.
    WorkspaceId;
}
