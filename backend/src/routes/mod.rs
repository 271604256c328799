//! The URL table: one line per operation. The paths stand at the handlers, one file per noun beside this one.

pub mod api_keys;
pub mod audit_log;
pub mod authorization_requests;
pub mod authorizations;
pub mod broadcasts;
pub mod deliveries;
pub mod event_types;
pub mod events;
pub mod health;
pub mod oauth_apps;
pub mod recoveries;
pub mod remarks;
pub mod session;
pub mod stream;
pub mod tickets;
pub mod webhooks;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::oauth::{authorize, introspect, metadata, par, revoke, token};

/// The OAuth server, and what its clients discover.
pub fn oauth(config: &mut ServiceConfig<'_>) {
    config
        .service(authorize::ask)
        .service(authorize::ask_by_form)
        .service(par::push)
        .service(token::give)
        .service(revoke::revoke)
        .service(introspect::introspect);
    config.service(metadata::server).service(metadata::resource).service(metadata::keys);
}

/// Everything under `/v1`.
pub fn v1(config: &mut ServiceConfig<'_>) {
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
        .service(api_keys::revoke);
    oauth_apps_and_consent(config);
    config
        .service(webhooks::list)
        .service(webhooks::create)
        .service(webhooks::show)
        .service(webhooks::update)
        .service(webhooks::remove)
        .service(webhooks::enable)
        .service(webhooks::disable)
        .service(webhooks::rotate)
        .service(webhooks::test);
    config
        .service(event_types::list_types)
        .service(events::create)
        .service(events::show)
        .service(deliveries::list)
        .service(deliveries::show)
        .service(deliveries::retry);
    config
        .service(recoveries::list)
        .service(recoveries::create)
        .service(recoveries::show)
        .service(recoveries::cancel);
    config
        .service(tickets::list)
        .service(tickets::create)
        .service(tickets::show)
        .service(tickets::update)
        .service(remarks::list_comments)
        .service(remarks::create_comment)
        .service(remarks::list_notes)
        .service(remarks::create_note);
    config
        .service(broadcasts::list)
        .service(broadcasts::create)
        .service(broadcasts::show)
        .service(broadcasts::send);
    config.service(audit_log::list).service(stream::open);
}

fn oauth_apps_and_consent(config: &mut ServiceConfig<'_>) {
    config
        .service(oauth_apps::list)
        .service(oauth_apps::create)
        .service(oauth_apps::show)
        .service(oauth_apps::update)
        .service(oauth_apps::remove)
        .service(oauth_apps::secrets::rotate)
        .service(oauth_apps::secrets::drop_secret)
        .service(oauth_apps::activity::show_activity)
        .service(oauth_apps::activity::list_authorizations)
        .service(oauth_apps::activity::withdraw_authorization)
        .service(oauth_apps::activity::withdraw_all_authorizations);
    config
        .service(authorization_requests::show)
        .service(authorization_requests::approve)
        .service(authorization_requests::deny)
        .service(authorizations::list)
        .service(authorizations::withdraw);
}
