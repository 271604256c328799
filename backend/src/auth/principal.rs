//! The member, API key or OAuth app that a valid credential speaks for, and how the audit log and the rate limits name it.

use api_types::{
    Scope,
    account::{Role, Workspace},
    audit::{Actor, ActorKind},
    ids::{ApiKeyId, AuthorizationId, MemberId, OAuthAppId},
    webhooks::OwnerKind,
};

use crate::{catalogue::Reader, db::owners::NewOwner};

/// A caller whose credential is valid.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The workspace that all look-ups of the request stay within.
    pub workspace: Workspace,
    /// The member, key or app that calls.
    pub identity: Identity,
}

/// The member, key or app that calls.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A member in a browser session.
    Member {
        /// The member's id.
        id: MemberId,
        /// The member's e-mail address.
        email: String,
        /// The member's role in the workspace.
        role: Role,
        /// The digest of the session's token.
        session: String,
    },
    /// An external system with an API key.
    ApiKey {
        /// The key's id.
        id: ApiKeyId,
        /// The key's name, as an admin gave it.
        name: String,
        /// The scopes that the key holds.
        scopes: Vec<Scope>,
        /// `true` where the key may replace itself.
        rotatable: bool,
        /// The first key of the line of keys that replaced each other.
        first_key: ApiKeyId,
    },
    /// An OAuth app with an access token: for a member, or as itself.
    Token {
        /// The app's id.
        app: OAuthAppId,
        /// The app's name.
        name: String,
        /// The member for whom the app acts; `None` where it acts as itself.
        member: Option<OnBehalfOf>,
        /// The scopes that the token may use now.
        scopes: Vec<Scope>,
        /// The scopes that the token was given and may no longer use.
        withheld: Vec<Scope>,
    },
}

/// The member for whom an app acts.
#[derive(Clone, Debug)]
pub struct OnBehalfOf {
    /// The member's id.
    pub id: MemberId,
    /// The member's e-mail address.
    pub email: String,
    /// The member's role in the workspace.
    pub role: Role,
    /// The consent by which the app acts.
    pub authorization: AuthorizationId,
}

impl Identity {
    /// The caller as the audit log names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Member { id, email, .. } => Actor::member(*id, email.clone()),
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

    /// The name under which requests are counted: keys that replaced each other count as one.
    pub fn counted_as(&self) -> &str {
        match self {
            Self::ApiKey { first_key, .. } => first_key.as_str(),
            Self::Member { .. } | Self::Token { .. } => self.credential(),
        }
    }

    /// The name of one credential, under which idempotency keys and streams are kept apart.
    pub fn credential(&self) -> &str {
        match self {
            Self::Member { session, .. } => session,
            Self::ApiKey { id, .. } => id.as_str(),
            Self::Token { member: Some(member), .. } => member.authorization.as_str(),
            Self::Token { app, member: None, .. } => app.as_str(),
        }
    }

    /// The owner of what the caller makes. Keys that replaced each other are one owner.
    pub fn owner(&self) -> NewOwner {
        match self {
            Self::Member { id, email, .. } => NewOwner {
                owner_kind: OwnerKind::Member,
                owner_id: id.to_string(),
                owner_name: email.clone(),
                by_consent: false,
            },
            Self::ApiKey { first_key, name, .. } => NewOwner {
                owner_kind: OwnerKind::ApiKey,
                owner_id: first_key.to_string(),
                owner_name: name.clone(),
                by_consent: false,
            },
            Self::Token { app, name, member, .. } => NewOwner {
                owner_kind: OwnerKind::OAuthApp,
                owner_id: app.to_string(),
                owner_name: name.clone(),
                by_consent: member.is_some(),
            },
        }
    }

    /// The owner by whose webhooks the caller is bound; `None` for a member, since only admins get that far.
    pub fn bound_by(&self) -> Option<String> {
        match self {
            Self::Member { .. } => None,
            Self::ApiKey { .. } | Self::Token { .. } => Some(self.owner().owner_id),
        }
    }

    /// The caller as a reader of events and deliveries, which members can see who are admins.
    pub fn reader(&self) -> Reader {
        self.scopes().map_or_else(Reader::admin, Reader::holding)
    }

    /// The scopes that bound what a key or a token may do; a member in a session is bound by their role alone.
    pub fn scopes(&self) -> Option<&[Scope]> {
        match self {
            Self::Member { .. } => None,
            Self::ApiKey { scopes, .. } | Self::Token { scopes, .. } => Some(scopes),
        }
    }
}
