//! Authorization requests, which the consent screen puts to a member: the operations under
//! `/v1/authorization-requests`.

use api_types::authorizations::{AnsweredRequest, AuthorizationRequest};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn show(id: &str) -> Query<AuthorizationRequest> {
    Query::new(paths::authorization_request(id))
}

pub fn approve(id: &str) -> Call<AnsweredRequest> {
    Call::act(paths::authorization_request_approve(id))
}

pub fn deny(id: &str) -> Call<AnsweredRequest> {
    Call::act(paths::authorization_request_deny(id))
}
