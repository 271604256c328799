//! The extractor that settles who may: a handler that takes `Caller<P>` runs only for callers who have `P`.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    net::IpAddr,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use api_types::{
    ProblemType, Scope,
    account::{Plan, Role},
    ids::WorkspaceId,
};

use super::{
    identify::{Credential, Identified},
    origin,
    permission::{AdminSession, Needs, Permission},
    principal::{Identity, Principal, WorkspaceRef},
};
use crate::{app::App, plan, problem::Failure};

/// A caller who has permission `P`.
#[derive(Debug)]
pub struct Caller<P> {
    /// Whom the credential speaks for.
    pub principal: Principal,
    /// The client's address.
    pub ip: IpAddr,
    credential: Credential,
    permission: PhantomData<P>,
}

/// An admin in a browser session.
pub type Admin = Caller<AdminSession>;

impl<P> Caller<P> {
    /// The workspace's id: every look-up is within it.
    pub const fn workspace_id(&self) -> WorkspaceId {
        self.principal.workspace.id
    }

    /// The workspace.
    pub const fn workspace(&self) -> &WorkspaceRef {
        &self.principal.workspace
    }

    /// The workspace's plan.
    pub const fn plan(&self) -> Plan {
        self.principal.workspace.plan
    }

    /// Who is calling.
    pub const fn identity(&self) -> &Identity {
        &self.principal.identity
    }

    /// Who is calling and from where, for the audit log.
    pub fn who(&self) -> crate::db::audit::Who {
        crate::db::audit::Who {
            workspace_id: self.workspace_id(),
            actor: self.principal.identity.actor(),
            ip: Some(self.ip.to_string()),
        }
    }
}

impl<P: Permission> Caller<P> {
    /// Whether the caller may still do this in this workspace, by the same look-up as at first. It counts as no use.
    pub async fn check_again(&self, app: &App) -> Result<(), Failure> {
        let (principal, _) = self.credential.look_up(app, self.ip).await?;
        if principal.workspace.id != self.workspace_id() {
            return Err(Failure::not_found("session"));
        }
        allow(&principal, P::NEEDS)
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request))
    }
}

fn extract<P: Permission>(request: &HttpRequest) -> Result<Caller<P>, Failure> {
    let identified = request
        .extensions()
        .get::<Identified>()
        .cloned()
        .ok_or_else(|| Failure::internal(&"a handler with a caller outside the identified scope"))?;
    let (credential, principal) = identified.known?;
    if matches!(principal.identity, Identity::Member { .. }) {
        origin::check(request, &identified.public_url)?;
    }
    allow(&principal, P::NEEDS)?;
    Ok(Caller { principal, ip: identified.ip, credential, permission: PhantomData })
}

/// Whether `principal` has what is needed, and if not, what is missing.
fn allow(principal: &Principal, needs: Needs) -> Result<(), Failure> {
    let identity = &principal.identity;
    match (identity, identity.scopes(), needs.scope) {
        (Identity::Member { role, .. }, ..) if needs.role == Role::Admin && *role != Role::Admin => {
            return Err(Failure::new(
                ProblemType::AdminRequired,
                "Only admins use Settings > API. Ask an admin of your workspace.",
            ));
        }
        (_, Some(scopes), Some(scope)) if !scopes.contains(&scope) => return Err(lacks(identity, scope)),
        (_, Some(_), None) if !needs.any_credential => {
            return Err(Failure::new(
                ProblemType::SessionRequired,
                "Keys and tokens may not do this: it needs a signed-in session.",
            ));
        }
        _ => {}
    }
    if needs.plan { plan::check_api(principal.workspace.plan) } else { Ok(()) }
}

/// A key or a token does not hold a scope, or no longer.
fn lacks(identity: &Identity, scope: Scope) -> Failure {
    let detail = match identity {
        Identity::Token { withheld, .. } if withheld.contains(&scope) => format!(
            "This needs the scope {scope}, which the token was given and no longer holds: its app or the member it acts for \
             lost it."
        ),
        _ => format!("This needs the scope {scope}, which the credential does not hold."),
    };
    Failure::new(ProblemType::InsufficientScope, detail)
        .challenge(format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""))
}
