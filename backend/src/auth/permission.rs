//! Permissions, as types: the marker in a handler's signature says what the caller must have.

use api_types::{Scope, account::Role};

/// The conditions that a caller must meet to run an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The scope that a key or token must hold; `None` where the operation needs a session.
    pub scope: Option<Scope>,
    /// The role that a session's member must have.
    pub role: Role,
    /// `true` where the workspace's plan must include the API.
    pub plan: bool,
    /// `true` where any key or token will do, whatever its scopes.
    pub any_credential: bool,
    /// `true` where only a key will do that may replace itself.
    pub rotatable_key: bool,
}

/// A permission marker.
pub trait Permission: 'static {
    /// The conditions that the marker stands for.
    const NEEDS: Needs;
}

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident: $needs:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;

        impl Permission for $name {
            const NEEDS: Needs = $needs;
        }
    )+};
}

const fn scope(scope: Scope) -> Needs {
    Needs {
        scope: Some(scope),
        role: role_for(scope),
        plan: true,
        any_credential: false,
        rotatable_key: false,
    }
}

/// The role that a member needs to do what a scope stands for. A member cannot hand on to a key or an app what the member may
/// not do.
const fn role_for(scope: Scope) -> Role {
    match scope {
        Scope::TicketsRead | Scope::TicketsWrite | Scope::BroadcastsRead | Scope::BroadcastsWrite => {
            Role::Member
        }
        Scope::EventsWrite
        | Scope::WebhooksRead
        | Scope::WebhooksWrite
        | Scope::DeliveriesRead
        | Scope::DeliveriesRetry
        | Scope::AuditRead => Role::Admin,
    }
}

/// `true` where a member with this role may do what a scope stands for.
pub fn may(role: Role, scope: Scope) -> bool {
    role == Role::Admin || role_for(scope) == Role::Member
}

permissions! {
    /// An admin's session, and nothing else.
    AdminSession: Needs { scope: None, role: Role::Admin, plan: true, any_credential: false, rotatable_key: false };
    /// Any member's session, whatever the plan.
    AnySession: Needs { scope: None, role: Role::Member, plan: false, any_credential: false, rotatable_key: false };
    /// Any member's session, for what is their own.
    MemberSession: Needs { scope: None, role: Role::Member, plan: true, any_credential: false, rotatable_key: false };
    /// Any valid credential, whatever the plan: to ask who one is.
    AnyCredential: Needs { scope: None, role: Role::Member, plan: false, any_credential: true, rotatable_key: false };
    /// A key that an admin marked rotatable, for what it does to itself.
    RotatableKey: Needs { scope: None, role: Role::Member, plan: true, any_credential: true, rotatable_key: true };
    /// `tickets:read`, or any member.
    TicketsRead: scope(Scope::TicketsRead);
    /// `tickets:write`, or any member.
    TicketsWrite: scope(Scope::TicketsWrite);
    /// `broadcasts:read`, or any member.
    BroadcastsRead: scope(Scope::BroadcastsRead);
    /// `broadcasts:write`, or any member.
    BroadcastsWrite: scope(Scope::BroadcastsWrite);
    /// `events:write`, or an admin.
    EventsWrite: scope(Scope::EventsWrite);
    /// `webhooks:read`, or an admin.
    WebhooksRead: scope(Scope::WebhooksRead);
    /// `webhooks:write`, or an admin.
    WebhooksWrite: scope(Scope::WebhooksWrite);
    /// `deliveries:read`, or an admin.
    DeliveriesRead: scope(Scope::DeliveriesRead);
    /// `deliveries:retry`, or an admin.
    DeliveriesRetry: scope(Scope::DeliveriesRetry);
    /// `audit:read`, or an admin.
    AuditRead: scope(Scope::AuditRead);
}
