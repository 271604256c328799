//! What an app is: its configuration.

use api_types::oauth_apps::OAuthApp;
use leptos::prelude::*;

use crate::{
    pages::{
        oauth_app_form::grant_words,
        oauth_apps::{homepage, kind_word},
    },
    ui::{badge::scope_chips, erase::Erase, page::fact, time::exact},
};

/// The facts.
pub fn configuration(app: &OAuthApp) -> AnyView {
    let uris =
        app.redirect_uris.iter().map(|uri| view! { <li class="mono anywhere" dir="ltr">{uri.clone()}</li> });
    let grants: Vec<&str> = app.grants.iter().map(|grant| grant_words(*grant).0).collect();
    view! {
        <dl class="facts">
            {fact("Kind", kind_word(app.kind))}
            {(!app.description.is_empty()).then(|| fact("Description", view! { <span dir="auto">{app.description.clone()}</span> }))}
            {homepage(&app.homepage_url).map(|link| fact("Homepage", link))}
            {fact("Redirect URIs", view! { <ul class="grid gap-0.5">{uris.collect_view()}</ul> })}
            {fact("Scopes", scope_chips(&app.scopes, 20))}
            {fact("Grants", grants.join(", "))}
            {fact("Created", view! { {exact(app.created_at)} " by " <bdi>{app.created_by.email.clone()}</bdi> })}
        </dl>
    }
    .erase()
}
