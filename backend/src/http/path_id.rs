//! Ids in a path: read before the handler runs, and answered with 404 in the noun's own words where they are no ids.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use api_types::ids::{
    ApiKeyId, AppInstallId, AuthorizationId, BroadcastId, DeliveryId, EventId, OAuthAppId, RecoveryId,
    SecretId, TicketId, TokenFamilyId, WebhookId,
};

use super::problem::Failure;

/// An id type whose objects stand in paths.
pub trait Noun: FromStr + 'static {
    /// The object's name in a sentence.
    const NAME: &'static str;

    /// The 404 of an object that is not in the caller's workspace.
    fn missing() -> Failure {
        Failure::not_found(Self::NAME)
    }
}

macro_rules! nouns {
    ($($id:ident: $name:literal;)+) => {$(
        impl Noun for $id {
            const NAME: &'static str = $name;
        }
    )+};
}

nouns! {
    ApiKeyId: "API key";
    AppInstallId: "app install";
    AuthorizationId: "authorization";
    BroadcastId: "broadcast";
    DeliveryId: "delivery";
    EventId: "event";
    OAuthAppId: "OAuth app";
    RecoveryId: "recovery";
    SecretId: "secret";
    TicketId: "ticket";
    TokenFamilyId: "token family";
    WebhookId: "webhook";
}

/// The id in a path such as `/webhooks/{id}`.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub T);

/// Both ids in a path such as `/oauth-apps/{id}/secrets/{secret_id}`.
#[derive(Clone, Copy, Debug)]
pub struct PathIds<T, U>(pub T, pub U);

/// The id at a place among the path's variables, counted from 0.
fn read<T: Noun>(request: &HttpRequest, at: usize) -> Result<T, Failure> {
    let (_, text) = request.match_info().iter().nth(at).unwrap_or_default();
    text.parse().map_err(|_| T::missing())
}

impl<T: Noun> FromRequest for PathId<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request, 0).map(Self))
    }
}

impl<T: Noun, U: Noun> FromRequest for PathIds<T, U> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request, 0).and_then(|first| Ok(Self(first, read(request, 1)?))))
    }
}
