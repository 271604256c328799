//! The member behind a request that only a browser session may make.

use api_types::ids::MemberId;

use crate::{
    auth::{Caller, Identity},
    http::problem::{Answer, Failure},
};

/// The member who is signed in.
pub struct SignedIn {
    pub id: MemberId,
    pub email: String,
    /// The digest of the session's token.
    pub session: String,
}

impl SignedIn {
    /// The member who is calling. A key or a token here means that the handler's permission is wrong: a fault of ours.
    pub fn of<P>(caller: &Caller<P>) -> Answer<Self> {
        match caller.identity() {
            Identity::Member { id, email, session, .. } => {
                Ok(Self { id: *id, email: email.clone(), session: session.clone() })
            }
            Identity::ApiKey { .. } | Identity::Token { .. } => {
                Err(Failure::internal(&"a session operation was reached by a key"))
            }
        }
    }
}
