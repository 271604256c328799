//! The requests that an app was refused lately, each with its cause in a sentence.

use api_types::{
    oauth_failures::{OAuthEndpoint, OAuthFailure},
    stream::Topic,
};
use leptos::prelude::*;

use crate::{
    amounts::number,
    api::oauth_apps,
    data::list::List,
    ui::{
        erase::Erase,
        icon,
        list::{self, Look, cell, lead},
        notice::blank,
        page,
        time::ago,
    },
};

pub fn panel(id: Memo<String>) -> AnyView {
    let list =
        List::new(10, move || oauth_apps::list_failures(&id.read())).live(&[Topic::OAuthApps], || None);
    let empty = Callback::new(|()| {
        blank(
            icon::CHECK,
            "No request of this app has failed",
            "Whatever the app is refused when it authorizes, trades, revokes or introspects is kept here for 7 days, with the reason in words.",
            (),
        )
    });
    let look = Look { label: "Failed requests", columns: &["Why", "Endpoint", "From", "When"], empty };
    page::panel("Failed requests", (), list::table(&list, look, |row| cells(&row)))
}

const fn path(endpoint: OAuthEndpoint) -> &'static str {
    match endpoint {
        OAuthEndpoint::Authorize => "/oauth/authorize",
        OAuthEndpoint::Par => "/oauth/par",
        OAuthEndpoint::Token => "/oauth/token",
        OAuthEndpoint::Revoke => "/oauth/revoke",
        OAuthEndpoint::Introspect => "/oauth/introspect",
        OAuthEndpoint::DeviceAuthorization => "/oauth/device_authorization",
    }
}

fn cells(row: &ArcRwSignal<OAuthFailure>) -> AnyView {
    let shown = row.clone();
    view! {
        {move || {
            let OAuthFailure { detail, error, endpoint, status, request_id, ip, last_at, count, .. } = shown.get();
            let times = (count > 1)
                .then(|| {
                    let times = number(count.unsigned_abs());
                    view! { <span class="muted block text-[0.8125rem]">{times} " times within a minute"</span> }
                });
            let from = ip
                .map_or_else(
                    || view! { <span class="muted">"Not shown"</span> }.erase(),
                    |ip| view! { <span class="mono anywhere" dir="ltr">{ip}</span> }.erase(),
                );
            view! {
                {lead(view! {
                    <span class="font-[560] block anywhere">{detail}</span>
                    <span class="muted block text-[0.8125rem] anywhere">
                        <span class="mono">{error.as_str()}</span> " · " {status} " · request "
                        <span class="mono">{request_id}</span>
                    </span>
                })}
                {cell("Endpoint", view! { <span class="mono anywhere">{path(endpoint)}</span> })}
                {cell("From", from)}
                {cell("When", view! {
                    {ago(last_at)}
                    {times}
                })}
            }
        }}
    }
    .erase()
}
