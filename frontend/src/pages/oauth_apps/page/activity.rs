//! The tokens and authorizations that an app holds now, and the signs that somebody else holds them, too.

use api_types::{
    authorizations::{Incident, IncidentKind, OAuthAppActivity},
    oauth_apps::OAuthAppStatus,
};
use leptos::prelude::*;

use crate::{
    amounts::{counted, number},
    browser,
    data::load::Load,
    pages::oauth_apps::page::loads::Loads,
    ui::{
        erase::{Erase, live},
        icon::{self, icon},
        load::{loaded_within, part},
        page::{self, figure},
        time::used_from,
    },
};

/// Incidents up to this age stand in red, older ones in amber.
const FRESH_MS: i64 = 7 * 86_400_000;
/// The number of incidents that are shown before somebody asks for the rest.
const SHOWN: usize = 3;

/// The counts of what the app holds.
pub fn panel(load: &Load<OAuthAppActivity>) -> AnyView {
    let shown = load.clone();
    let content = loaded_within(load, "What it holds", move || {
        let one = |name: &'static str, pick: fn(&OAuthAppActivity) -> i64| {
            let count = part(&shown, pick, |count| number(count.unsigned_abs()).erase());
            figure(name, view! { <span class="text-xl/7 font-semibold">{count}</span> })
        };
        view! {
            <dl class="figures">
                {one("Authorizations", |activity| activity.authorizations)}
                {one("Access tokens", |activity| activity.access_tokens)}
                {one("Refresh tokens", |activity| activity.refresh_tokens)}
                {one("Client-credentials tokens", |activity| activity.client_credentials_tokens)}
                {one("Given back in 24 hours", |activity| activity.revoked_tokens)}
            </dl>
        }
        .erase()
    });
    page::panel("In use", (), content)
}

/// The warning, where there is something to warn of; `suspend` opens the dialog that suspends the app.
pub fn incidents(loads: &Loads, suspend: impl Fn() + Clone + Send + Sync + 'static) -> AnyView {
    let app = loads.app.clone();
    part(
        &loads.activity,
        |activity| activity.incidents.clone(),
        move |incidents| {
            let Some(newest) = incidents.first() else { return ().erase() };
            let fresh = browser::now().millis_since(newest.occurred_at) < FRESH_MS;
            let tone = if fresh { "panel mt-5 standing bad" } else { "panel mt-5 standing warn" };
            let suspend = suspend.clone();
            let button = part(
                &app,
                |app| app.status,
                move |status| {
                    let suspend = suspend.clone();
                    (status == OAuthAppStatus::Active)
                .then(|| {
                    view! {
                        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| suspend()>"Suspend app"</button>
                    }
                })
                .erase()
                },
            );
            view! {
            <section class=tone aria-labelledby="incidents">
                <div class="standhead">
                    {icon(icon::ALERT)}
                    <div class="grid gap-1 min-w-0 flex-1 basis-72">
                        <h2 class="text-base font-semibold" id="incidents">"Somebody has a copy of this app's tokens"</h2>
                        <p class="anywhere max-w-2xl">
                            "What was copied was used, and every token that came from it was revoked at once. Ask the app's developer to check where it keeps tokens and who can read them. Until that is clear, consider rotating the client secret, or suspending the app."
                        </p>
                    </div>
                    <div class="flex flex-wrap gap-2">{button}</div>
                </div>
                {listed(&incidents)}
            </section>
        }
        .erase()
        },
    )
}

/// The newest, and the rest when asked for.
fn listed(incidents: &[Incident]) -> AnyView {
    let rows = |some: &[Incident]| some.iter().map(row).collect_view();
    let (first, rest) = incidents.split_at(incidents.len().min(SHOWN));
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="border-t border-base-300/65">
                <summary class="flex items-center gap-2 px-5 py-3 hover:bg-base-content/2">
                    <span class="turn muted inline-flex">{icon(icon::RIGHT)}</span>
                    {counted(rest.len() as u64, "earlier incident")}
                </summary>
                <ul class="divide-y divide-base-300/65">{rows(rest)}</ul>
            </details>
        }
    });
    view! {
        <ul class="divide-y divide-base-300/65">{rows(first)}</ul>
        {rest}
    }
    .erase()
}

fn row(incident: &Incident) -> AnyView {
    let what = match incident.kind {
        IncidentKind::RefreshTokenReused => "A refresh token was used again after its successor",
        IncidentKind::CodeReused => "An authorization code was used twice",
    };
    view! {
        <li class="px-5 py-3">
            <span class="font-[560] block">{what}</span>
            <span class="muted anywhere">
                "For " <bdi>{incident.member.email.clone()}</bdi> " · "
                {used_from(incident.occurred_at, incident.ip.clone())}
            </span>
        </li>
    }
    .erase()
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
