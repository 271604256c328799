//! Which page is where.

use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        audit::Audit,
        authorizations::Authorizations,
        consent::Consent,
        delivery::DeliveryPage,
        not_found::NotFound,
        oauth_app::OAuthAppPage,
        overview::Overview,
        shell::{Settings, Shell},
        sign_in::SignIn,
        webhook::WebhookPage,
    },
    session::SessionStore,
    stream,
    ui::{
        secret::{SecretHost, ShowOnce},
        time::provide_clock,
        toast::{ToastHost, Toasts},
    },
};

/// The whole console.
#[component]
pub fn App() -> impl IntoView {
    SessionStore::provide();
    Toasts::provide();
    ShowOnce::provide();
    provide_clock();
    stream::provide();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path="/settings/api" /> } />
                <Route path=path!("/sign-in") view=SignIn />
                <Route path=path!("/oauth/consent/:id") view=Consent />
                <ParentRoute path=path!("") view=Shell>
                    <ParentRoute path=path!("/settings/api") view=Settings>
                        <Route path=path!("") view=Overview />
                        <Route path=path!("/oauth/:id") view=OAuthAppPage />
                        <Route path=path!("/webhooks/:id") view=WebhookPage />
                        <Route path=path!("/deliveries/:id") view=DeliveryPage />
                        <Route path=path!("/audit") view=Audit />
                    </ParentRoute>
                    <Route path=path!("/account/authorizations") view=Authorizations />
                </ParentRoute>
            </Routes>
        </Router>
        <SecretHost />
        <ToastHost />
    }
}
