//! Authorization requests, which the consent screen puts to a member: the operations under
//! `/v1/authorization-requests`.

use api_types::authorizations::{AnsweredRequest, Approval, AuthorizationRequest, NewAuthorizationRequest};

use crate::{
    api::call::{Call, Query},
    paths::{api as paths, with_query},
};

/// Asks for the request of the device that shows this code.
pub fn create(new: &NewAuthorizationRequest) -> Call<AuthorizationRequest> {
    Call::post(paths::AUTHORIZATION_REQUESTS, new)
}

pub fn show(id: &str) -> Query<AuthorizationRequest> {
    Query::new(paths::authorization_request(id))
}

/// `member` is the id of the member to whom the request was shown, who alone may answer it; empty where it was shown to nobody.
pub fn approve(id: &str, member: &str, approval: &Approval) -> Call<AnsweredRequest> {
    Call::post(with_query(&paths::authorization_request_approve(id), &[("member", member)]), approval)
}

/// Asks for the app to be installed.
pub fn request_install(id: &str) -> Call<AuthorizationRequest> {
    Call::act(paths::authorization_request_install(id))
}

/// Refuses what the app asks for; `member` is as in `approve`.
pub fn deny(id: &str, member: &str) -> Call<AnsweredRequest> {
    Call::act(with_query(&paths::authorization_request_deny(id), &[("member", member)]))
}
