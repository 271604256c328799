//! Whom a credential speaks for.

use api_types::{
    Scope,
    account::{Plan, Role},
    audit::{Actor, ActorKind},
    ids::{ApiKeyId, AuthorizationId, MemberId, OAuthAppId, WorkspaceId},
};

/// Whom a valid credential speaks for.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The workspace it is in.
    pub workspace: WorkspaceRef,
    /// Who it is.
    pub identity: Identity,
}

/// The workspace of a caller.
#[derive(Clone, Debug)]
pub struct WorkspaceRef {
    /// Its id: every look-up is within it.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
}

/// Who is calling.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A member in a browser session.
    Member {
        /// Who.
        id: MemberId,
        /// Their e-mail address.
        email: String,
        /// Their role in the workspace.
        role: Role,
        /// The digest of the session's token.
        session: String,
    },
    /// An external system with an API key.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// Its name.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// An OAuth app with an access token: for a member, or as itself.
    Token {
        /// Which app.
        app: OAuthAppId,
        /// Its name.
        name: String,
        /// For whom it acts.
        member: Option<OnBehalfOf>,
        /// What it may do.
        scopes: Vec<Scope>,
        /// What it was given but may no longer do.
        withheld: Vec<Scope>,
    },
}

/// The member for whom an app acts.
#[derive(Clone, Debug)]
pub struct OnBehalfOf {
    /// Who.
    pub id: MemberId,
    /// Their e-mail address.
    pub email: String,
    /// Their role in the workspace.
    pub role: Role,
    /// Their consent.
    pub authorization: AuthorizationId,
}

impl Identity {
    /// The caller as the audit log names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Member { id, email, .. } => {
                Actor { kind: ActorKind::Member, id: Some(id.to_string()), name: email.clone() }
            }
            Self::ApiKey { id, name, .. } => {
                Actor { kind: ActorKind::ApiKey, id: Some(id.to_string()), name: name.clone() }
            }
            Self::Token { app, name, member, .. } => {
                let name = match member {
                    Some(member) => format!("{name} for {}", member.email),
                    None => name.clone(),
                };
                Actor { kind: ActorKind::OAuthApp, id: Some(app.to_string()), name }
            }
        }
    }

    /// What counts as one credential: for rate limits and idempotency keys.
    pub fn credential(&self) -> &str {
        match self {
            Self::Member { session, .. } => session,
            Self::ApiKey { id, .. } => id.as_str(),
            Self::Token { member: Some(member), .. } => member.authorization.as_str(),
            Self::Token { app, member: None, .. } => app.as_str(),
        }
    }

    /// The scopes that bound what a key or a token may do; a member in a session is bound by their role alone.
    pub fn scopes(&self) -> Option<&[Scope]> {
        match self {
            Self::Member { .. } => None,
            Self::ApiKey { scopes, .. } | Self::Token { scopes, .. } => Some(scopes),
        }
    }
}
