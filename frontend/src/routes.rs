//! Which page is where.

use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        audit::Audit, delivery::DeliveryPage, not_found::NotFound, oauth_app::OAuthAppPage,
        overview::Overview, shell::Shell, sign_in::SignIn, webhook::WebhookPage,
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
                <ParentRoute path=path!("/settings/api") view=Shell>
                    <Route path=path!("") view=Overview />
                    <Route path=path!("/oauth/:id") view=OAuthAppPage />
                    <Route path=path!("/webhooks/:id") view=WebhookPage />
                    <Route path=path!("/deliveries/:id") view=DeliveryPage />
                    <Route path=path!("/audit") view=Audit />
                </ParentRoute>
            </Routes>
        </Router>
        <SecretHost />
        <ToastHost />
    }
}
