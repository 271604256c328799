//! The page that belongs to each address.

use leptos::prelude::*;
use leptos_router::{
    ParamSegment, StaticSegment,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        audit_log::AuditLog,
        authorizations::Authorizations,
        consent::Consent,
        deliveries::delivery::DeliveryPage,
        device::Device,
        events::{Events, event::EventPage},
        installed_apps::{InstalledApps, page::InstalledAppPage},
        not_found::NotFound,
        oauth_apps::page::OAuthAppPage,
        overview::Overview,
        shell::{Settings, Shell, elsewhere::ElsewhereHost, sign_in_again::SignInAgainHost},
        sign_in::SignIn,
        webhooks::page::WebhookPage,
    },
    paths,
    session::SessionStore,
    stream,
    ui::{
        secret::{SecretHost, ShowOnce},
        time::provide_clock,
        toast::{ToastHost, Toasts},
        typed::guard_tab,
    },
};

/// A pattern of two words, like `/settings/api`.
type TwoWords = (StaticSegment<&'static str>, StaticSegment<&'static str>);
/// A pattern of a word and an object's id, like `/webhooks/:id`.
type Object = (StaticSegment<&'static str>, ParamSegment);

// The macro takes literals only. A test below holds these patterns to `paths`.
const SIGN_IN: (StaticSegment<&str>,) = path!("/sign-in");
const SETTINGS: TwoWords = path!("/settings/api");
const OAUTH_APP: Object = path!("/oauth/:id");
const WEBHOOK: Object = path!("/webhooks/:id");
const DELIVERY: Object = path!("/deliveries/:id");
const EVENTS: (StaticSegment<&str>,) = path!("/events");
const EVENT: Object = path!("/events/:id");
const AUDIT_LOG: (StaticSegment<&str>,) = path!("/audit");
const INSTALLED_APPS: (StaticSegment<&str>,) = path!("/installed-apps");
const INSTALLED_APP: Object = path!("/installed-apps/:id");
const AUTHORIZED_APPS: TwoWords = path!("/account/authorizations");
/// The page for a device's code; the address is typed by hand.
const DEVICE: TwoWords = path!("/oauth/device");
/// The consent screen; the server sends members to it, and so does the page for a device's code.
const CONSENT: (StaticSegment<&str>, StaticSegment<&str>, ParamSegment) = path!("/oauth/consent/:id");

#[component]
pub fn App() -> impl IntoView {
    SessionStore::provide();
    Toasts::provide();
    ShowOnce::provide();
    provide_clock();
    stream::provide();
    guard_tab();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path=paths::SETTINGS /> } />
                <Route path=SIGN_IN view=SignIn />
                <Route path=CONSENT view=Consent />
                <Route path=DEVICE view=Device />
                <ParentRoute path=path!("") view=Shell>
                    <ParentRoute path=SETTINGS view=Settings>
                        <Route path=path!("") view=Overview />
                        <Route path=OAUTH_APP view=OAuthAppPage />
                        <Route path=WEBHOOK view=WebhookPage />
                        <Route path=DELIVERY view=DeliveryPage />
                        <Route path=EVENTS view=Events />
                        <Route path=EVENT view=EventPage />
                        <Route path=AUDIT_LOG view=AuditLog />
                        <Route path=INSTALLED_APPS view=InstalledApps />
                        <Route path=INSTALLED_APP view=InstalledAppPage />
                    </ParentRoute>
                    <Route path=AUTHORIZED_APPS view=Authorizations />
                </ParentRoute>
            </Routes>
        </Router>
        <SecretHost />
        <ElsewhereHost />
        <SignInAgainHost />
        <ToastHost />
    }
}

#[cfg(test)]
mod tests {
    use leptos_router::PossibleRouteMatch;

    use super::*;

    /// True where the pattern matches the whole address, `within` the pattern of its parent.
    fn leads(address: &str, within: &str, pattern: &impl PossibleRouteMatch) -> bool {
        let rest = address.strip_prefix(within).unwrap();
        pattern.test(rest).is_some_and(|found| found.remaining().is_empty())
    }

    #[test]
    fn every_address_leads_to_its_page() {
        assert!(leads(paths::SIGN_IN, "", &SIGN_IN));
        assert!(leads(paths::SETTINGS, "", &SETTINGS));
        assert!(leads(paths::AUTHORIZED_APPS, "", &AUTHORIZED_APPS));
        assert!(leads(&paths::consent("id"), "", &CONSENT));
        assert!(leads(paths::EVENTS, paths::SETTINGS, &EVENTS));
        assert!(leads(&paths::event("evt_1"), paths::SETTINGS, &EVENT));
        assert!(leads(paths::AUDIT_LOG, paths::SETTINGS, &AUDIT_LOG));
        assert!(leads(paths::INSTALLED_APPS, paths::SETTINGS, &INSTALLED_APPS));
        assert!(leads(&paths::installed_app("ins_1"), paths::SETTINGS, &INSTALLED_APP));
        assert!(leads(&paths::oauth_app("app_1"), paths::SETTINGS, &OAUTH_APP));
        assert!(leads(&paths::webhook("whk_1"), paths::SETTINGS, &WEBHOOK));
        assert!(leads(&paths::delivery("dlv_1"), paths::SETTINGS, &DELIVERY));
        assert!(!leads(&paths::delivery("dlv_1"), paths::SETTINGS, &WEBHOOK));
        assert!(paths::AUTHORIZED_APPS.starts_with(paths::ACCOUNT));
        for section in [paths::OAUTH_APPS, paths::WEBHOOKS, paths::DELIVERY_FAILURES] {
            assert_eq!(section.split_once('#').map(|(page, _)| page), Some(paths::SETTINGS));
        }
    }
    /// The server answers 404 to a path that its list does not have, though the screen would show.
    #[test]
    fn the_server_knows_every_page() {
        let server = include_str!("../../backend/src/console.rs");
        let (_, list) = server.split_once("const ROUTES").unwrap();
        let (list, _) = list.split_once("];").unwrap();
        let mut known: Vec<&str> =
            list.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
        let of_any = |address: String| address.replace("/id", "/*");
        let root = "/".to_owned();
        let mut pages = vec![
            root,
            paths::SIGN_IN.to_owned(),
            paths::SETTINGS.to_owned(),
            paths::AUDIT_LOG.to_owned(),
            paths::INSTALLED_APPS.to_owned(),
            paths::EVENTS.to_owned(),
            of_any(paths::event("id")),
            paths::AUTHORIZED_APPS.to_owned(),
            of_any(paths::consent("id")),
            of_any(paths::oauth_app("id")),
            of_any(paths::installed_app("id")),
            of_any(paths::webhook("id")),
            of_any(paths::delivery("id")),
        ];
        // A member types this one by hand.
        known.retain(|page| !leads(page, "", &DEVICE));
        known.sort_unstable();
        pages.sort_unstable();
        assert_eq!(known, pages);
    }
}
