// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What the API takes and gives.

mod api_keys;
mod api_keys_requests;
mod api_keys_words;
mod app_installs;
mod app_installs_requests;
mod app_installs_words;
mod audit_log;
mod audit_log_words;
mod broadcasts;
mod broadcasts_requests;
mod deliveries;
mod deliveries_words;
mod delivery_addresses;
mod event_types;
mod events;
mod events_requests;
mod ids;
mod oauth_apps;
mod oauth_apps_requests;
mod oauth_apps_words;
mod problem_types;
mod problem_types_words;
mod recoveries;
mod recoveries_requests;
mod recoveries_words;
mod session;
mod session_words;
mod shared;
mod shared_requests;
mod shared_words;
mod tickets;
mod tickets_requests;
mod webhooks;
mod webhooks_requests;
mod webhooks_words;

pub use api_keys::{ApiKey, ApiKeyRef, CreatedApiKey};
pub use api_keys_requests::{ApiKeyChanges, NewApiKey, RevokeApiKey};
pub use api_keys_words::ApiKeyStatus;
pub use app_installs::{AppInstall, AppInstallActivity, AppPolicySetting};
pub use app_installs_requests::AppPolicyChange;
pub use app_installs_words::{AppPolicy, ClientDocuments, InstallStatus};
pub use audit_log::AuditEntry;
pub use audit_log_words::{AuditAction, Order};
pub use broadcasts::Broadcast;
pub use broadcasts_requests::NewBroadcast;
pub use deliveries::{AcceptedRetry, Delivery, DeliveryDetail, RetryAdvice, WebhookRef};
pub use deliveries_words::{CancelReason, DeliveryStatus};
pub use delivery_addresses::DeliveryAddress;
pub use event_types::EventTypeInfo;
pub use events::{AcceptedEvent, AcceptedSend};
pub use events_requests::{NewEvent, NewSend};
pub use ids::{
    ApiKeyId, AppInstallId, AttemptId, AuditId, AuthorizationId, BroadcastId, CommentId, DeliveryId, EventId,
    MemberId, NoteId, OAuthAppId, OAuthFailureId, RecoveryId, SecretId, TicketId, TokenFamilyId, WebhookId,
    WorkspaceId,
};
pub use oauth_apps::{
    Authorization, ClientSecret, CreatedClientSecret, CreatedOAuthApp, OAuthApp, OAuthAppActivity,
    OAuthFailure, RedirectUriRemark, Withdrawn,
};
pub use oauth_apps_requests::{NewOAuthApp, OAuthAppChanges};
pub use oauth_apps_words::{
    ClientKind, Distribution, FailureCause, GrantType, OAuthAppStatus, OAuthEndpoint, OAuthErrorCode,
    RedirectRemark,
};
pub use problem_types::{FieldError, Problem, ProblemDescription, ProblemDescriptions};
pub use problem_types_words::{FaultCode, FieldPlace, ProblemType};
pub use recoveries::{Canary, Recovery, RecoveryMatches, RecoveryOutcome, Stopped};
pub use recoveries_requests::NewRecovery;
pub use recoveries_words::{Included, RecoveryStatus};
pub use session::{Limits, Member, Session, Workspace};
pub use session_words::{Plan, Role};
pub use shared::{
    Actor, AppRef, Attempt, AttemptRequest, AttemptResponse, Diagnosis, Event, Header, Incident, MemberRef,
    Timings, TokenFamily,
};
pub use shared_requests::{Acknowledgement, RotateSecret};
pub use shared_words::{
    ActorKind, AttemptOutcome, BroadcastStatus, Category, DiagnosisCode, DisabledReason, EventType,
    IncidentKind, LikelyCause, Overlap, ReadAccess, RetryHelps, Scope, TicketStatus, Trigger,
};
pub use tickets::{Comment, Note, Ticket};
pub use tickets_requests::{NewRemark, NewTicket, TicketChanges};
pub use webhooks::{
    CheckFinding, CheckStep, CreatedSigningSecret, CreatedWebhook, Draining, EventFilter, FilterCondition,
    FilterPreview, Owner, Parked, ReceiverCheck, SigningSecret, TestResult, Webhook, WebhookHeader,
    WebhookHealth,
};
pub use webhooks_requests::{NewTest, NewWebhook, NewWebhookHeader, PreviewFilter, WebhookChanges};
pub use webhooks_words::{
    CheckMessage, CheckVerdict, CheckedProperty, FilterOp, OwnerKind, SignatureScheme, WebhookStatus,
};
