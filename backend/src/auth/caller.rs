//! The extractor that settles who may do an operation: a handler that takes `Caller<P>` runs only for callers who have `P`.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    net::IpAddr,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use api_types::{
    ProblemType, Scope,
    account::{Plan, Role, Workspace},
    ids::WorkspaceId,
};

use super::{
    identify::{Credential, Identified},
    origin,
    parts::Auth,
    permission::{AdminSession, Needs, Permission},
    principal::{Identity, Principal},
    workspace,
};
use crate::{
    db::{Viewer, audit::Who},
    http::problem::Failure,
    plan,
};

/// A caller who has permission `P`.
#[derive(Debug)]
pub struct Caller<P> {
    /// The member, key or app that calls, with the workspace.
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

    /// The workspace, with its plan.
    pub const fn workspace(&self) -> &Workspace {
        &self.principal.workspace
    }

    /// The workspace's plan, which limits what may be called.
    pub const fn plan(&self) -> Plan {
        self.principal.workspace.plan
    }

    /// The member, key or app that calls.
    pub const fn identity(&self) -> &Identity {
        &self.principal.identity
    }

    /// The caller as the lists of webhooks, deliveries and recoveries know them.
    pub fn viewer(&self) -> Viewer {
        let identity = self.identity();
        Viewer { workspace: self.workspace_id(), own: identity.bound_by(), reader: identity.reader() }
    }

    /// The caller and the address, as the audit log names them.
    pub fn who(&self) -> Who {
        Who {
            workspace_id: self.workspace_id(),
            actor: self.principal.identity.actor(),
            ip: Some(self.ip.to_string()),
        }
    }
}

impl<P: Permission> Caller<P> {
    /// Refuses a caller who may no longer do this in this workspace, by the same look-up as at first. The check counts as no use
    /// of the credential.
    pub async fn check_again(&self, auth: &Auth) -> Result<(), Failure> {
        let principal = self.credential.look_up(auth, self.ip).await?;
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
    admitted(request).map_err(|failure| failure.needing(P::NEEDS.scope))
}

/// The caller behind a request, who has the permission.
fn admitted<P: Permission>(request: &HttpRequest) -> Result<Caller<P>, Failure> {
    let identified = request
        .extensions()
        .get::<Identified>()
        .cloned()
        .ok_or_else(|| Failure::internal(&"a handler with a caller outside the identified scope"))?;
    let (credential, principal) = identified.known?;
    if matches!(principal.identity, Identity::Member { .. }) {
        origin::check(request, &identified.public_url)?;
    }
    workspace::check(request, principal.workspace.id)?;
    allow(&principal, P::NEEDS)?;
    Ok(Caller { principal, ip: identified.ip, credential, permission: PhantomData })
}

/// Refuses a principal without the permission, and says what is missing.
fn allow(principal: &Principal, needs: Needs) -> Result<(), Failure> {
    let identity = &principal.identity;
    match (identity, identity.scopes(), needs.scope) {
        (Identity::Member { role, .. }, ..) if needs.role == Role::Admin && *role != Role::Admin => {
            return Err(Failure::new(
                ProblemType::AdminRequired,
                "Only admins use Settings > API. Ask an admin of your workspace.",
            ));
        }
        (_, Some(scopes), Some(scope)) if !scopes.contains(&scope) => {
            return Err(lacks_scope(identity, scope));
        }
        (_, Some(_), None) if !needs.any_credential => {
            return Err(Failure::new(
                ProblemType::SessionRequired,
                "Keys and tokens may not do this: it needs a signed-in session.",
            ));
        }
        _ => {}
    }
    if needs.plan {
        plan::check_api(principal.workspace.plan)?;
    }
    if needs.rotatable_key && !matches!(identity, Identity::ApiKey { rotatable: true, .. }) {
        return Err(not_rotatable());
    }
    Ok(())
}

/// The refusal of a caller who is no key that may replace itself.
pub fn not_rotatable() -> Failure {
    Failure::new(
        ProblemType::NotRotatable,
        "Only an API key that is marked rotatable may do this, and only to itself. An admin can mark the key.",
    )
}

/// The refusal of a key or a token that does not hold a scope, or no longer.
fn lacks_scope(identity: &Identity, scope: Scope) -> Failure {
    let detail = match identity {
        Identity::Token { withheld, .. } if withheld.contains(&scope) => format!(
            "This needs the scope {scope}, which the token was given and no longer holds: its app or the member it acts for \
             lost it."
        ),
        _ => format!("This needs the scope {scope}, which the credential does not hold."),
    };
    Failure::new(ProblemType::InsufficientScope, detail)
}
