//! Small parts by which an app is shown wherever it appears: its logo, homepage, kind, status and grants.

use api_types::{
    authorizations::AppRef,
    oauth_apps::{ClientKind, GrantType, OAuthAppStatus},
};
use leptos::prelude::*;

use crate::ui::{
    badge::badge,
    erase::Erase,
    icon::{self, icon},
};

/// An app's logo, or the first letter of its name; `size` is `size-9`, or `size-14 text-2xl` where the app is introduced.
pub fn app_logo(name: &str, logo: &str, size: &'static str) -> AnyView {
    if logo.starts_with("data:image/") {
        let class = format!("{size} rounded-lg object-contain bg-base-200 flex-none");
        return view! { <img class=class src=logo.to_owned() alt="" /> }.erase();
    }
    let letter: String = name.chars().next().unwrap_or('?').to_uppercase().collect();
    let class =
        format!("{size} rounded-lg bg-accent/12 text-accent font-semibold grid place-items-center flex-none");
    view! { <span class=class aria-hidden="true">{letter}</span> }.erase()
}

/// An app's homepage as a link. Only https: anything else that an app says of itself is left out.
pub fn homepage(url: &str) -> Option<AnyView> {
    url.starts_with("https://").then(|| {
        view! {
            <a class="textlink anywhere" dir="ltr" href=url.to_owned() rel="noopener noreferrer" target="_blank">
                {url.to_owned()}
            </a>
        }
        .erase()
    })
}

/// The homepage of an app that an admin made as a link. A stranger's own page is shown, but leads nowhere.
pub fn homepage_of(app: &AppRef) -> Option<AnyView> {
    if app.client_id_url.is_none() {
        return homepage(&app.homepage_url);
    }
    (!app.homepage_url.is_empty())
        .then(|| view! { <bdi class="muted anywhere" dir="ltr">{app.homepage_url.clone()}</bdi> }.erase())
}

/// An app's name in a list; of an app that is known by a document, the host first, since nobody here has checked the name.
pub fn app_name(app: &AppRef) -> AnyView {
    let name = app.name.clone();
    let Some(host) = app.document_host().map(str::to_owned) else {
        return view! { <span class="block font-[560] anywhere" dir="auto">{name}</span> }.erase();
    };
    view! {
        <span class="block font-[560] anywhere" dir="ltr">{host}</span>
        <span class="block muted anywhere">"Says it is " <bdi>{name}</bdi> ", not verified"</span>
    }
    .erase()
}

/// The domain that an app's publisher has proved to own, with a mark; nothing where there is none.
pub fn verified_domain(app: &AppRef) -> Option<AnyView> {
    let domain = app.verified_domain.clone()?;
    Some(
        view! {
            <span class="flex items-center gap-1 muted min-w-0" title="The publisher has proved to own this domain.">
                <span class="text-accent flex-none">{icon(icon::CHECK)}</span>
                <bdi class="anywhere" dir="ltr">{domain}</bdi>
                <span class="sr-only">", verified"</span>
            </span>
        }
        .erase(),
    )
}

/// An app's kind in words.
pub const fn kind_word(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Confidential => "Confidential",
        ClientKind::Public => "Public",
    }
}

/// The state of an app.
pub fn app_status(status: OAuthAppStatus) -> AnyView {
    match status {
        OAuthAppStatus::Active => badge("dot good", "Active"),
        OAuthAppStatus::Suspended => badge("dot warn", "Suspended"),
    }
}

/// A grant in a word or two, and in a sentence.
pub const fn grant_words(grant: GrantType) -> (&'static str, &'static str) {
    match grant {
        GrantType::AuthorizationCode => {
            ("Authorization code", "Acts for a member who agrees, always with PKCE.")
        }
        GrantType::RefreshToken => ("Refresh tokens", "Stays connected when the access token runs out."),
        GrantType::ClientCredentials => {
            ("Client credentials", "Acts as itself, without a member. Confidential apps only.")
        }
        GrantType::DeviceCode => (
            "Device code",
            "Shows a code that a member types here: for command lines and screens without a browser.",
        ),
    }
}
