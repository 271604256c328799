//! The tables as Diesel knows them, in the shape that the migrations of both databases make, and the joins between
//! tables.

mod accounts;
mod delivery;
mod oauth;
mod operation;
mod support;

pub use accounts::*;
pub use delivery::*;
pub use oauth::*;
pub use operation::*;
pub use support::*;

diesel::joinable!(memberships -> members (member_id));
diesel::joinable!(memberships -> workspaces (workspace_id));
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(sessions -> workspaces (workspace_id));
diesel::joinable!(api_keys -> workspaces (workspace_id));
diesel::joinable!(oauth_apps -> workspaces (workspace_id));
diesel::joinable!(app_installs -> oauth_apps (app_id));
diesel::joinable!(client_secrets -> oauth_apps (app_id));
diesel::joinable!(authorizations -> oauth_apps (app_id));
diesel::joinable!(authorizations -> members (member_id));
diesel::joinable!(token_families -> authorizations (authorization_id));
diesel::joinable!(access_tokens -> token_families (family_id));
diesel::joinable!(signing_secrets -> webhooks (webhook_id));
diesel::joinable!(deliveries -> webhooks (webhook_id));
diesel::joinable!(deliveries -> events (event_id));
diesel::joinable!(attempts -> deliveries (delivery_id));

diesel::allow_tables_to_appear_in_same_query!(
    workspaces,
    members,
    memberships,
    sessions,
    api_keys,
    oauth_apps,
    app_installs,
    client_secrets,
    signing_keys,
    pushed_requests,
    authorization_requests,
    device_authorizations,
    authorizations,
    authorization_codes,
    token_families,
    access_tokens,
    issued_tokens,
    revoked_tokens,
    oauth_failures,
    webhooks,
    signing_secrets,
    events,
    deliveries,
    attempts,
    recoveries,
    idempotency_keys,
    audit_entries,
    tickets,
    comments,
    notes,
    broadcasts,
    server_keys,
    restores,
);
