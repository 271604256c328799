//! The apps that a member lets act for them: the operations under `/v1/authorizations`.

use api_types::{Page, authorizations::Authorization, ids::AuthorizationId};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn list() -> Query<Page<Authorization>> {
    Query::new(paths::AUTHORIZATIONS)
}

pub fn withdraw(id: AuthorizationId) -> Call<()> {
    Call::delete(paths::authorization(id))
}
