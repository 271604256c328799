//! The counts of the tokens and authorizations that an app holds now.

use api_types::authorizations::OAuthAppActivity;
use leptos::prelude::*;

use crate::{
    amounts::number,
    data::load::Load,
    pages::token_holder::counts::{self, Count},
    ui::erase::{Erase, live},
};

const IN_USE: &[Count<OAuthAppActivity>] = &[
    ("Authorizations", |activity| activity.authorizations),
    ("Access tokens", |activity| activity.access_tokens),
    ("Refresh tokens", |activity| activity.refresh_tokens),
    ("Client-credentials tokens", |activity| activity.client_credentials_tokens),
    ("Given back in 24 hours", |activity| activity.revoked_tokens),
];

/// The counts of what the app holds.
pub fn panel(load: &Load<OAuthAppActivity>) -> AnyView {
    counts::panel("In use", load, IN_USE)
}

/// The holdings of an app, as a sentence for the question before something that ends them; changes with what is known.
pub fn holdings(load: &Load<OAuthAppActivity>, with: &'static str, without: &'static str) -> AnyView {
    let load = load.clone();
    live(move || {
        load.ready().map(|activity| match holds(&activity) {
            Some(holdings) => {
                view! { <p>{with} <strong class="font-semibold">{holdings}</strong> "."</p> }.erase()
            }
            None => view! { <p>{without}</p> }.erase(),
        })
    })
}

/// The holdings of an app in words: `12 members' authorizations, 4 access tokens and 1 refresh token`;
/// `None` where it holds nothing.
fn holds(activity: &OAuthAppActivity) -> Option<String> {
    let parts = [
        (activity.authorizations, "member's authorization", "members' authorizations"),
        (activity.access_tokens, "access token", "access tokens"),
        (activity.refresh_tokens, "refresh token", "refresh tokens"),
        (activity.client_credentials_tokens, "client-credentials token", "client-credentials tokens"),
    ];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| {
            format!("{} {}", number(count.unsigned_abs()), if count == 1 { one } else { many })
        })
        .collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::{OAuthAppActivity, holds};

    #[test]
    fn what_an_app_holds_is_counted_without_what_it_has_none_of() {
        let activity = |authorizations, access_tokens, refresh_tokens, client_credentials_tokens| {
            holds(&OAuthAppActivity {
                authorizations,
                access_tokens,
                refresh_tokens,
                client_credentials_tokens,
                revoked_tokens: 0,
                incidents: Vec::new(),
            })
        };
        let all =
            "1,204 members' authorizations, 4 access tokens, 1 refresh token and 2 client-credentials tokens";
        assert_eq!(activity(1_204, 4, 1, 2).as_deref(), Some(all));
        assert_eq!(activity(0, 0, 0, 1).as_deref(), Some("1 client-credentials token"));
        assert_eq!(activity(0, 0, 0, 0), None);
    }
}
