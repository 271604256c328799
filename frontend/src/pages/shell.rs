//! What surrounds Settings > API: navigation, workspace, account; and who may not come in, and why.

use crate::ui::erase::{Erase, live};
use api_types::account::{Plan, Session};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate},
};

use crate::{
    browser,
    session::{SessionState, SessionStore},
    stream::Interrupted,
    theme,
    ui::{
        dialog::{Kind, dialog_for},
        icon::{self, icon, logo},
        menu::menu,
        notice::{blank, failed},
        submit::Submit,
        toast::Toasts,
    },
};

/// The sections of the overview, with their anchors and icons.
pub const SECTIONS: [(&str, &str, &str); 4] = [
    ("api-keys", "API keys", icon::KEY),
    ("oauth-apps", "OAuth apps", icon::APP),
    ("webhooks", "Webhooks", icon::HOOK),
    ("delivery-failures", "Webhook delivery failures", icon::ALERT),
];

/// The section that the reader is in, for the navigation to mark; the overview moves it.
#[derive(Clone, Copy)]
pub struct Reading(pub RwSignal<&'static str>);

/// A plan's name, as it is sold.
pub const fn plan_name(plan: Plan) -> &'static str {
    match plan {
        Plan::Free => "Free plan",
        Plan::Startup => "Startup plan",
        Plan::Business => "Business plan",
        Plan::Enterprise => "Enterprise plan",
    }
}

/// The frame around every page of Settings > API.
#[component]
pub fn Shell() -> impl IntoView {
    let store = SessionStore::use_store();
    let navigate = use_navigate();
    provide_context(Reading(RwSignal::new("")));
    Effect::new(move |_| {
        if store.get() == SessionState::SignedOut {
            navigate(&SessionStore::sign_in_path(), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    focus_after_navigation();
    move || {
        match store.get() {
        SessionState::Unknown => waiting(),
        SessionState::SignedOut => ().erase(),
        SessionState::Failed(error) => view! {
            <main class="min-h-dvh grid place-items-center">{failed(&error, "Your session", move || store.reload())}</main>
        }
        .erase(),
        SessionState::SignedIn(session) => frame(store, &session),
    }
    }
}

fn waiting() -> AnyView {
    view! {
        <div id="boot" role="status" aria-label="Loading Sayless">
            <span></span>
            <span></span>
            <span></span>
        </div>
    }
    .erase()
}

/// A new page starts with its content, for the keyboard and for screen readers; anchors and filters leave focus alone.
fn focus_after_navigation() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            request_animation_frame(|| browser::focus("#main"));
        }
        path
    });
}

fn frame(store: SessionStore, session: &Session) -> AnyView {
    let sheet = RwSignal::new(None::<()>);
    let admin = store.is_admin();
    let allowed = admin && session.limits.api_access;
    let (wide, narrow) = (session.clone(), session.clone());
    let workspace = session.workspace.name.clone();
    view! {
        <a class="skip btn btn-primary" href="#main">"Skip to content"</a>
        <div class="shell">
            <aside class="side">{side(store, &wide, allowed)}</aside>
            <header class="topbar">
                <button type="button" class="btn btn-ghost btn-sm btn-square -ml-1.5" aria-label="Open navigation" on:click=move |_| sheet.set(Some(()))>
                    {icon(icon::LINES)}
                </button>
                <a href="/settings/api" aria-label="API settings">{logo()}</a>
                <span class="font-semibold truncate" dir="auto">{workspace}</span>
            </header>
            <main class="page" id="main" tabindex="-1">
                {if !admin {
                    member_notice(session)
                } else if !session.limits.api_access {
                    plan_notice(session)
                } else {
                    view! { <Outlet /> }.erase()
                }}
            </main>
        </div>
        {interrupted()}
        {dialog_for(sheet, Kind::Sheet, |()| "Navigation".to_owned(), move |()| {
            let narrow = narrow.clone();
            view! {
                <div class="flex flex-col gap-5 min-h-full -mx-3" on:click=move |event| {
                    if is_link(&event) {
                        sheet.set(None);
                    }
                }>
                    {side(store, &narrow, allowed)}
                </div>
            }
            .erase()
        })}
    }
    .erase()
}

/// Says that what is on the screen may be old, while it may.
fn interrupted() -> AnyView {
    let sign = use_context::<Interrupted>();
    let on = move || sign.is_some_and(|sign| sign.0.get());
    view! {
        <div class="paused" role="status">
            {live(move || on().then(|| view! { <p class="tag dot live warn">"Updates paused, reconnecting"</p> }))}
        </div>
    }
    .erase()
}

fn is_link(event: &web_sys::MouseEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.closest("a").ok().flatten().is_some())
}

fn side(store: SessionStore, session: &Session, allowed: bool) -> AnyView {
    view! {
        <div class="px-1">{workspace_switcher(store, session)}</div>
        <nav aria-label="Settings" class="grid gap-5 flex-1 content-start">{allowed.then(nav_links)}</nav>
        <div class="grid grid-cols-1 gap-3">
            {theme_choice()}
            {account(store, session)}
        </div>
    }
    .erase()
}

fn nav_links() -> AnyView {
    let reading = use_context::<Reading>().map(|reading| reading.0);
    let path = use_location().pathname;
    let on_overview = Memo::new(move |_| path.get().trim_end_matches('/') == "/settings/api");
    let sections = SECTIONS.map(|(id, name, shape)| {
        let current = move || {
            (on_overview.get() && reading.is_some_and(|reading| reading.get() == id)).then_some("true")
        };
        view! {
            <a class="navlink" href=format!("/settings/api#{id}") aria-current=current>
                {icon(shape)}
                {name}
            </a>
        }
    });
    view! {
        <div class="grid gap-0.5">
            <p class="navhead muted">"API"</p>
            {sections.into_iter().collect_view()}
        </div>
        <div class="grid gap-0.5">
            <p class="navhead muted">"History"</p>
            <a
                class="navlink"
                href="/settings/api/audit"
                aria-current=move || (path.get().trim_end_matches('/') == "/settings/api/audit").then_some("page")
            >
                {icon(icon::LOG)}
                "Audit log"
            </a>
        </div>
    }
    .erase()
}

fn workspace_face(session: &Session, chevron: bool) -> AnyView {
    view! {
        {logo()}
        <span class="min-w-0 flex-1 text-left leading-tight">
            <span class="block truncate font-semibold" dir="auto" title=session.workspace.name.clone()>
                {session.workspace.name.clone()}
            </span>
            <span class="block text-xs muted font-normal mt-0.5">{plan_name(session.workspace.plan)}</span>
        </span>
        {chevron.then(|| icon(icon::DOWN))}
    }
    .erase()
}

fn workspace_switcher(store: SessionStore, session: &Session) -> AnyView {
    if session.workspaces.len() < 2 {
        return view! { <div class="flex items-center gap-2.5 px-1.5 py-1 min-w-0">{workspace_face(session, false)}</div> }.erase();
    }
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let current = session.workspace.id;
    let choices = session.workspaces.iter().cloned().map(|workspace| {
        let here = workspace.id == current;
        let switch = move |_| {
            if !here {
                submit.run(async move { store.switch(workspace.id).await }, |()| {});
            }
        };
        view! {
            <button type="button" role="menuitemradio" tabindex="-1" class="menu-item" aria-checked=here.to_string() on:click=switch>
                <span class="min-w-0 flex-1">
                    <span class="block truncate" dir="auto">{workspace.name}</span>
                    <span class="block text-xs muted">{plan_name(workspace.plan)}</span>
                </span>
                {here.then(|| icon(icon::CHECK))}
            </button>
        }
    });
    Effect::new(move |_| {
        if let Some(error) = submit.error() {
            toasts.say(error.message());
        }
    });
    menu(
        || "Switch workspace".to_owned(),
        "flex items-center gap-2.5 w-full px-1.5 py-1 rounded-field hover:bg-base-content/5 cursor-pointer",
        workspace_face(session, true),
        choices.collect_view().erase(),
    )
}

fn theme_choice() -> AnyView {
    let chosen = theme::chosen();
    let choices = theme::CHOICES.map(|(name, value)| {
        view! {
            <button
                type="button"
                class="flex-1"
                aria-pressed=move || chosen.with(|chosen| chosen.as_deref() == value).to_string()
                on:click=move |_| {
                    theme::choose(value);
                    chosen.set(value.map(str::to_owned));
                }
            >
                {name}
            </button>
        }
    });
    view! { <div class="segments mx-1" role="group" aria-label="Appearance">{choices.into_iter().collect_view()}</div> }.erase()
}

fn account(store: SessionStore, session: &Session) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    Effect::new(move |_| {
        if let Some(error) = submit.error() {
            toasts.say(error.message());
        }
    });
    let (email, role) = session
        .member
        .as_ref()
        .map(|member| (member.email.clone(), if store.is_admin() { "Admin" } else { "Member" }))
        .unwrap_or_default();
    view! {
        <div class="flex items-center gap-2 px-2.5 pt-3 border-t border-base-300">
            <span class="min-w-0 flex-1 leading-tight">
                <span class="block truncate" title=email.clone()>{email.clone()}</span>
                <span class="block text-xs muted mt-0.5">{role}</span>
            </span>
            <button
                type="button"
                class="btn btn-ghost btn-sm btn-square"
                aria-label="Sign out"
                title="Sign out"
                disabled=move || submit.busy()
                on:click=move |_| submit.run(async move { store.sign_out().await }, |()| {})
            >
                {icon(icon::OUT)}
            </button>
        </div>
    }
    .erase()
}

fn member_notice(session: &Session) -> AnyView {
    crate::ui::page::title(|| "API settings".to_owned());
    let workspace = session.workspace.name.clone();
    view! {
        <div class="panel mt-[10vh] max-w-xl mx-auto">
            {blank(
                icon::LOCK,
                "API settings are for admins",
                view! {
                    "Admins manage API keys, OAuth apps, webhooks, and webhook delivery failures of "
                    <bdi class="font-medium">{workspace}</bdi>
                    " here. You are a member: ask an admin of this workspace for what you need, or to make you an admin."
                },
                (),
            )}
        </div>
    }
    .erase()
}

fn plan_notice(session: &Session) -> AnyView {
    crate::ui::page::title(|| "API settings".to_owned());
    let points = [
        (icon::KEY, "API keys", "Let internal tools read and write tickets and broadcasts."),
        (icon::APP, "OAuth apps", "Let third-party applications act for a member who agrees."),
        (icon::HOOK, "Webhooks", "Send what happens in Sayless to your own systems as it happens."),
        (
            icon::ALERT,
            "Webhook delivery failures",
            "See why a delivery failed, whose problem it is, and retry it.",
        ),
    ];
    let points = points.map(|(shape, name, about)| {
        view! {
            <li class="flex gap-3.5 px-6 py-3.5">
                <span class="text-accent mt-0.5">{icon(shape)}</span>
                <span>
                    <span class="font-semibold block">{name}</span>
                    <span class="muted">{about}</span>
                </span>
            </li>
        }
    });
    let workspace = session.workspace.name.clone();
    view! {
        <div class="max-w-2xl mx-auto">
            <h1 class="text-2xl font-semibold">"Connect Sayless to your systems"</h1>
            <p class="muted mt-1.5 mb-6">
                "API keys, OAuth apps, and webhooks are available on the Startup plan, Business plan, and Enterprise plan. "
                <bdi class="font-medium text-base-content">{workspace}</bdi> " is on the Free plan."
            </p>
            <ul class="panel divide-y divide-base-300">{points.into_iter().collect_view()}</ul>
            <p class="muted mt-5">
                "To use them, move this workspace to the Startup plan or above; whoever runs your Sayless can do that. Keys and webhooks made earlier are kept and work again then."
            </p>
        </div>
    }
    .erase()
}
