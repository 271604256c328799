//! The operations of the API, one file per noun. This file is the table of them: one line per operation. The path and the
//! method stand at the handler, and so do the summary, the description and the permission that the document shows.
//!
//! # One request
//!
//! Take `POST /v1/webhooks`, from the socket to the answer.
//!
//! **The way in.** [`server`](crate::server) gives the request its id. Every answer carries that id, and so does every problem
//! document. [`auth::identify`](crate::auth::identify) then looks at the request once. It finds the client's address: the
//! peer's, or the one that a trusted proxy names. It finds the credential: a Bearer key, a Bearer token, or else the session
//! cookie. A key is checked by its checksum, then looked up by its digest under the pepper. This node forgets a look-up with
//! the commit that changes it; another node believes it for a second. The request is counted against the credential's rate
//! limit.
//!
//! **The arguments.** A handler's arguments are read in order, and the handler runs only if all of them can be. `Data<App>` is
//! the node: [`App`](crate::app::App) holds the database, the clock and the wings. [`Caller<P>`](crate::auth::Caller) is the
//! permission `P`. It refuses a caller who lacks the scope or the role, a workspace whose plan lacks the API, and a cookie that
//! rides from another origin. [`PathId<T>`](crate::http::path_id::PathId) is the id in the path; a text that is no such id is
//! answered like an object that does not exist. [`Query<T>`](crate::http::query::Query) reads the parameters that the document names;
//! [`refuse_unknown`](crate::openapi::parameters::refuse_unknown) has refused all others by then. [`Body<T>`](crate::http::body::Body)
//! refuses what is not JSON, too large, or not of its type, and names the field.
//!
//! **The values.** [`Fields`](crate::http::fields::Fields) collects what is wrong with the values, all of it, into one answer.
//! Texts that people write go through [`secret_scan`](crate::secret_scan), which refuses a credential in them.
//!
//! **The transaction.** [`Db::write`](crate::db::Db::write) is one transaction. In it a handler checks the
//! [`plan`](crate::plan)'s limit, inserts the row, appends to the [audit log](crate::db::audit), and publishes an event where the
//! change is one. The transaction brings one instant (`tx.now()`) and new ids (`tx.new_id()`), so that all that it writes
//! agrees. On SQLite one writer thread takes waiting transactions in batches, each in a savepoint, under one COMMIT. On
//! PostgreSQL it runs on a pooled connection. Some things must follow: the worker wakes, cached credentials are forgotten. They
//! are left as hints with `tx.on_commit`, and released after the COMMIT, never before. No transaction spans an HTTP call.
//!
//! **The answer.** The row becomes the wire's type, from `api_types`. Any `?` on the way becomes a
//! [`Failure`](crate::http::problem::Failure), the one HTTP error: an RFC 9457 document with a stable type. Causes go to the log.
//! The wings below return errors of their own, which the handler turns into failures.
//!
//! # Requests that may be repeated
//!
//! A `POST` with an `Idempotency-Key` stores its answer in the transaction of the change itself ([`idempotent`]). So there is
//! never a change without its answer. A repeated request gets the first answer again for 24 hours. Where an answer holds a
//! secret, which is never stored, the key is refused.
//!
//! # The stream
//!
//! `GET /v1/stream` ([`stream`]) only hints. A transaction leaves `tx.changed(…)`; the audit log does so for what it records.
//! After the COMMIT the [hub](crate::signals::hub) adds the change to each listener's one small set. A listener is told at most
//! twice a second, and the hub costs nothing while nobody listens. A stream looks its credential up again with every change of
//! credentials and every 15 seconds.
//!
//! Between nodes the same hints go by LISTEN and NOTIFY ([`signals::nodes`](crate::signals::nodes)). They never ride in the
//! transactions, since NOTIFY makes commits wait for each other. Each node sends what has come together, at most every 50 ms, over
//! a connection of its own, and passes on what it hears. A node tells nothing that it can do itself. Hints may be lost: workers
//! look every second, keys are believed for a second, and a node that was cut off assumes the worst once it is linked again.

pub mod api_keys;
pub mod app_installs;
pub mod audit_log;
pub mod authorization_requests;
pub mod authorizations;
pub mod broadcasts;
pub mod deliveries;
pub mod delivery_addresses;
pub mod event_log;
pub mod event_sends;
pub mod event_types;
pub mod events;
pub mod health;
pub mod idempotent;
pub mod oauth_apps;
mod overlap;
pub mod problems;
pub mod recoveries;
pub mod session;
mod signed_in;
mod skipping;
pub mod stream;
mod texts;
pub mod tickets;
mod webhook_filters;
pub mod webhooks;

use actix_web::{dev::HttpServiceFactory, web};
use utoipa_actix_web::{OpenApiFactory, service_config::ServiceConfig as Description};

use crate::oauth::{authorize, device, introspect, metadata, par, revoke, token};

/// Takes operations in: into a server, or into the document. A server, which has a table for each of its threads, keeps
/// no description of them.
pub trait Operations {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self;
}

impl Operations for web::ServiceConfig {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        Self::service(self, operation)
    }
}

impl Operations for Description<'_> {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        Self::service(self, operation)
    }
}

/// Everything outside of `/v1`.
pub fn around_v1(config: &mut impl Operations) {
    config.service(health::alive).service(health::ready).service(problems::list).service(problems::show);
    oauth(config);
}

/// The OAuth server, and what its clients discover.
fn oauth(config: &mut impl Operations) {
    config
        .service(authorize::authorize)
        .service(authorize::authorize_by_form)
        .service(par::create_pushed_authorization_request)
        .service(device::begin::create_device_authorization)
        .service(token::issue_token)
        .service(revoke::revoke_token)
        .service(introspect::introspect_token);
    config
        .service(metadata::get_authorization_server_metadata)
        .service(metadata::get_protected_resource_metadata)
        .service(metadata::get_api_protected_resource_metadata)
        .service(metadata::get_jwks);
}

/// Everything under `/v1`.
pub fn v1(config: &mut impl Operations) {
    // The router tries one operation after the other: what products call most comes first.
    config.service(events::create);
    config
        .service(session::sign_in)
        .service(session::show)
        .service(session::switch)
        .service(session::sign_out);
    config
        .service(api_keys::list)
        .service(api_keys::create)
        .service(api_keys::show)
        .service(api_keys::update)
        .service(api_keys::revoke)
        .service(api_keys::rotate_own);
    oauth_apps_and_consent(config);
    webhooks_and_receivers(config);
    config
        .service(event_types::list)
        .service(event_log::list)
        .service(events::show)
        .service(event_sends::send)
        .service(deliveries::list)
        .service(deliveries::show)
        .service(deliveries::attempts)
        .service(deliveries::retry)
        .service(skipping::skip);
    config
        .service(recoveries::list)
        .service(recoveries::create)
        .service(recoveries::show)
        .service(recoveries::cancel)
        .service(recoveries::resume);
    config
        .service(tickets::list)
        .service(tickets::create)
        .service(tickets::show)
        .service(tickets::update)
        .service(tickets::remarks::list_comments)
        .service(tickets::remarks::create_comment)
        .service(tickets::remarks::list_notes)
        .service(tickets::remarks::create_note);
    config
        .service(broadcasts::list)
        .service(broadcasts::create)
        .service(broadcasts::show)
        .service(broadcasts::send);
    config.service(audit_log::list).service(stream::open);
}

fn webhooks_and_receivers(config: &mut impl Operations) {
    config
        .service(webhooks::list)
        .service(webhooks::create)
        .service(webhooks::show)
        .service(webhooks::update)
        .service(webhooks::remove)
        .service(webhooks::enable)
        .service(webhooks::disable)
        .service(webhooks::pause)
        .service(webhooks::resume)
        .service(webhooks::adopt)
        .service(webhooks::secrets::list)
        .service(webhooks::secrets::rotate)
        .service(webhooks::secrets::rotate_at_old_path)
        .service(webhooks::secrets::drop_secret)
        .service(webhooks::test)
        .service(webhooks::check_receiver)
        .service(webhook_filters::preview)
        .service(delivery_addresses::list);
}

fn oauth_apps_and_consent(config: &mut impl Operations) {
    config
        .service(oauth_apps::list)
        .service(oauth_apps::create)
        .service(oauth_apps::show)
        .service(oauth_apps::update)
        .service(oauth_apps::remove)
        .service(oauth_apps::suspend)
        .service(oauth_apps::resume)
        .service(oauth_apps::verify_domain)
        .service(oauth_apps::secrets::list)
        .service(oauth_apps::secrets::rotate)
        .service(oauth_apps::secrets::drop_secret)
        .service(oauth_apps::activity::show_activity)
        .service(oauth_apps::failures::list_failures)
        .service(oauth_apps::activity::list_authorizations)
        .service(oauth_apps::activity::withdraw_authorization)
        .service(oauth_apps::activity::withdraw_all_authorizations)
        .service(oauth_apps::tokens::list)
        .service(oauth_apps::tokens::revoke)
        .service(oauth_apps::incidents::acknowledge);
    config
        .service(app_installs::list)
        .service(app_installs::show)
        .service(app_installs::show_activity)
        .service(app_installs::tokens::list)
        .service(app_installs::tokens::revoke)
        .service(app_installs::tokens::acknowledge)
        .service(app_installs::approve)
        .service(app_installs::refuse)
        .service(app_installs::pause)
        .service(app_installs::resume)
        .service(app_installs::remove)
        .service(app_installs::policy::show)
        .service(app_installs::policy::update);
    config
        .service(authorization_requests::create)
        .service(authorization_requests::show)
        .service(authorization_requests::approve)
        .service(authorization_requests::request_install)
        .service(authorization_requests::deny)
        .service(authorizations::list)
        .service(authorizations::withdraw);
}
