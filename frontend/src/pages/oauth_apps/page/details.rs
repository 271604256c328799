//! The configuration of an app, as a list of names and values.

use api_types::oauth_apps::OAuthApp;
use leptos::prelude::*;

use crate::{
    pages::oauth_apps::parts::{grant_words, homepage, kind_word},
    ui::{actor::by, badge::scope_chips, erase::Erase, page::detail, time::exact},
};

pub fn configuration(app: &OAuthApp) -> AnyView {
    let uris =
        app.redirect_uris.iter().map(|uri| view! { <li class="mono anywhere" dir="ltr">{uri.clone()}</li> });
    let grants: Vec<&str> = app.grants.iter().map(|grant| grant_words(*grant).0).collect();
    view! {
        <dl class="facts">
            {detail("Kind", kind_word(app.kind))}
            {(!app.description.is_empty()).then(|| detail("Description", view! { <span dir="auto">{app.description.clone()}</span> }))}
            {homepage(&app.homepage_url).map(|link| detail("Homepage", link))}
            {(!app.redirect_uris.is_empty())
                .then(|| detail("Redirect URIs", view! { <ul class="grid gap-0.5">{uris.collect_view()}</ul> }))}
            {detail("Scopes", scope_chips(&app.scopes, 20))}
            {(!app.optional_scopes.is_empty()).then(|| detail("Optional", scope_chips(&app.optional_scopes, 20)))}
            {detail("Grants", grants.join(", "))}
            {(!app.publisher_name.is_empty()).then(|| detail("Publisher", view! { <bdi>{app.publisher_name.clone()}</bdi> }))}
            {detail("Created", view! { {exact(app.created_at)} " " {by(&app.created_by)} })}
        </dl>
    }
    .erase()
}
