//! The form that makes or changes an OAuth app.

use api_types::oauth_apps::{
    ClientKind, CreatedOAuthApp, Distribution, GrantType, NewOAuthApp, OAuthApp, OAuthAppChanges,
    RedirectRemark,
};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{FileReader, HtmlInputElement};

use crate::{
    api::oauth_apps,
    pages::oauth_apps::parts::grant_words,
    ui::{
        erase::{Erase, live},
        field::{
            TEXT, Text, Ticked, about, area_field, fresh_id, group, lines, pick, scopes_field, set_ticked,
            text_field, tick,
        },
        icon,
        notice::note,
        submit::{Submit, form_error, form_foot},
    },
};

const MOST_LOGO_BYTES: f64 = 64.0 * 1024.0;

/// The fields as they have been filled in.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    kind: RwSignal<String>,
    redirect_uris: RwSignal<String>,
    scopes: Ticked,
    optional_scopes: Ticked,
    grants: Ticked,
    description: RwSignal<String>,
    homepage_url: RwSignal<String>,
    logo: RwSignal<String>,
    distribution: RwSignal<String>,
    publisher_name: RwSignal<String>,
    publisher_domain: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let grants = [GrantType::AuthorizationCode, GrantType::RefreshToken];
        Self {
            name: RwSignal::default(),
            kind: RwSignal::new(ClientKind::Confidential.as_str().to_owned()),
            redirect_uris: RwSignal::default(),
            scopes: RwSignal::default(),
            optional_scopes: RwSignal::default(),
            grants: RwSignal::new(grants.map(GrantType::as_str).to_vec()),
            description: RwSignal::default(),
            homepage_url: RwSignal::default(),
            logo: RwSignal::default(),
            distribution: RwSignal::new(Distribution::Workspace.as_str().to_owned()),
            publisher_name: RwSignal::default(),
            publisher_domain: RwSignal::default(),
        }
    }

    /// The form filled in as the app is now.
    fn of(app: &OAuthApp) -> Self {
        Self {
            name: RwSignal::new(app.name.clone()),
            kind: RwSignal::new(app.kind.as_str().to_owned()),
            redirect_uris: RwSignal::new(app.redirect_uris.join("\n")),
            scopes: RwSignal::new(app.scopes.iter().map(|scope| scope.as_str()).collect()),
            optional_scopes: RwSignal::new(app.optional_scopes.iter().map(|scope| scope.as_str()).collect()),
            grants: RwSignal::new(app.grants.iter().map(|grant| grant.as_str()).collect()),
            description: RwSignal::new(app.description.clone()),
            homepage_url: RwSignal::new(app.homepage_url.clone()),
            logo: RwSignal::new(app.logo.clone()),
            distribution: RwSignal::new(app.distribution.as_str().to_owned()),
            publisher_name: RwSignal::new(app.publisher_name.clone()),
            publisher_domain: RwSignal::new(app.publisher_domain.clone()),
        }
    }

    fn words(ticked: Ticked) -> Vec<String> {
        ticked.read_untracked().iter().map(|word| (*word).to_owned()).collect()
    }

    fn grants(self) -> Vec<String> {
        let public = self.kind.with_untracked(|kind| kind == ClientKind::Public.as_str());
        let mut grants = Self::words(self.grants);
        grants.retain(|grant| !(public && grant == GrantType::ClientCredentials.as_str()));
        grants
    }

    /// The scopes that a member may leave out, of those that the app has.
    fn optional_scopes(self) -> Vec<String> {
        let mut optional = Self::words(self.optional_scopes);
        optional.retain(|scope| self.scopes.read_untracked().contains(&scope.as_str()));
        optional
    }

    fn new_app(self) -> NewOAuthApp {
        NewOAuthApp {
            name: self.name.get_untracked(),
            kind: self.kind.get_untracked(),
            redirect_uris: lines(&self.redirect_uris.read_untracked()),
            scopes: Self::words(self.scopes),
            optional_scopes: Some(self.optional_scopes()),
            grants: Some(self.grants()),
            description: given(self.description),
            homepage_url: given(self.homepage_url),
            logo: given(self.logo),
            distribution: Some(self.distribution.get_untracked()),
            publisher_name: given(self.publisher_name),
            publisher_domain: given(self.publisher_domain),
        }
    }

    fn changes(self) -> OAuthAppChanges {
        OAuthAppChanges {
            name: Some(self.name.get_untracked()),
            redirect_uris: Some(lines(&self.redirect_uris.read_untracked())),
            scopes: Some(Self::words(self.scopes)),
            optional_scopes: Some(self.optional_scopes()),
            grants: Some(self.grants()),
            description: Some(given(self.description)),
            homepage_url: Some(given(self.homepage_url)),
            logo: Some(given(self.logo)),
            distribution: Some(self.distribution.get_untracked()),
            publisher_name: Some(given(self.publisher_name)),
            publisher_domain: Some(given(self.publisher_domain)),
        }
    }
}

/// A text, where one was typed.
fn given(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked()).filter(|text| !text.is_empty())
}

const FIELDS: &[&str] = &[
    "name",
    "kind",
    "redirect_uris",
    "scopes",
    "optional_scopes",
    "grants",
    "description",
    "homepage_url",
    "logo",
    "distribution",
    "publisher_name",
    "publisher_domain",
];

/// The form that makes an app; `done` gets the answer.
pub fn new_app(
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(CreatedOAuthApp) + Clone + 'static,
) -> AnyView {
    let draft = Draft::new();
    let submit = Submit::new();
    let send = move || submit.run(oauth_apps::create(&draft.new_app()), done.clone());
    form(
        draft,
        submit,
        Some(kind_field(draft, submit)),
        form_foot(submit, "Create OAuth app", close),
        Box::new(send),
    )
}

/// The form that changes this app; `done` gets the answer.
pub fn edit(
    app: &OAuthApp,
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(OAuthApp) + Clone + 'static,
) -> AnyView {
    let draft = Draft::of(app);
    let id = app.id;
    let submit = Submit::new();
    let send = move || submit.run(oauth_apps::update(id, &draft.changes()), done.clone());
    form(draft, submit, None, form_foot(submit, "Save", close), Box::new(send))
}

/// The fields of both forms. `kind` is the field that only a new app has.
fn form(draft: Draft, submit: Submit, kind: Option<AnyView>, foot: AnyView, send: Box<dyn Fn()>) -> AnyView {
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form class="form" on:submit=send>
            {form_error(submit, FIELDS)}
            {text_field(
                about("Name", "name", "Members see it when they are asked to agree."),
                Text { first: true, placeholder: "Acme Dashboards", ..TEXT },
                draft.name,
                submit,
            )}
            {kind}
            {area_field(
                about("Redirect URIs", "redirect_uris", "Where members are sent back to: one per line, matched exactly. https, http on a loopback address, or a scheme of a public app's own."),
                3,
                "https://acme.example/callback",
                draft.redirect_uris,
                submit,
            )}
            {redirect_remarks(draft)}
            {scopes_field("The most the app may ask for.", draft.scopes, submit)}
            {optional_field(draft, submit)}
            {grants_field(draft, submit)}
            {area_field(about("Description (optional)", "description", ""), 2, "", draft.description, submit)}
            {text_field(
                about("Homepage (optional)", "homepage_url", ""),
                Text { placeholder: "https://acme.example", ..TEXT },
                draft.homepage_url,
                submit,
            )}
            {logo_field(draft, submit)}
            {distribution_field(draft, submit)}
            {foot}
        </form>
    }
    .erase()
}

/// Remarks on the redirect URIs that have been typed.
fn redirect_remarks(draft: Draft) -> AnyView {
    let remarks = Memo::new(move |_| {
        let mut remarks: Vec<RedirectRemark> =
            lines(&draft.redirect_uris.read()).iter().filter_map(|uri| RedirectRemark::on(uri)).collect();
        remarks.sort_unstable();
        remarks.dedup();
        remarks
    });
    live(move || {
        remarks.get().into_iter().map(|remark| note("warn", icon::ALERT, remark.describe())).collect_view()
    })
}

fn kind_field(draft: Draft, submit: Submit) -> AnyView {
    group(
        about("Kind", "kind", "It cannot be changed later."),
        submit,
        view! {
            {pick("kind", "confidential", "Confidential", "Runs on a server and can keep a client secret.", draft.kind)}
            {pick("kind", "public", "Public", "Runs in a browser, on a phone or on a desk, where a secret cannot be kept.", draft.kind)}
        },
    )
}

/// Those of the ticked scopes that a member may leave out; nothing where there is no choice.
fn optional_field(draft: Draft, submit: Submit) -> AnyView {
    live(move || {
        let scopes = draft.scopes.get();
        let boxes = scopes.iter().map(|word| {
            let word = *word;
            tick(
                view! { <span class="mono">{word}</span> },
                "",
                move || draft.optional_scopes.with(|words| words.contains(&word)),
                || false,
                move |on| set_ticked(draft.optional_scopes, word, on),
            )
        });
        let hint = "Each member chooses whether the app gets these. What is not ticked, it needs.";
        (scopes.len() > 1)
            .then(|| group(about("Optional scopes", "optional_scopes", hint), submit, boxes.collect_view()))
    })
}

fn grants_field(draft: Draft, submit: Submit) -> AnyView {
    let boxes = GrantType::ALL.iter().map(|grant| {
        let word = grant.as_str();
        let (label, sentence) = grant_words(*grant);
        let barred = move || {
            *grant == GrantType::ClientCredentials
                && draft.kind.with(|kind| kind == ClientKind::Public.as_str())
        };
        tick(
            label,
            sentence,
            move || draft.grants.with(|words| words.contains(&word)) && !barred(),
            barred,
            move |on| set_ticked(draft.grants, word, on),
        )
    });
    group(about("Grants", "grants", "How the app obtains tokens."), submit, boxes.collect_view())
}

fn distribution_field(draft: Draft, submit: Submit) -> AnyView {
    let is_public = Memo::new(move |_| draft.distribution.with(|word| word == Distribution::Public.as_str()));
    view! {
        {group(
            about("Workspaces", "distribution", "Where members may let it act for them."),
            submit,
            view! {
                {pick("distribution", "workspace", "This workspace", "Nobody else can use it.", draft.distribution)}
                {pick("distribution", "public", "Any workspace", "Each decides by itself whether it comes in.", draft.distribution)}
            },
        )}
        {live(move || {
            is_public.get().then(|| {
                view! {
                    {text_field(
                        about("Publisher", "publisher_name", "Who stands behind the app, as members of other workspaces read it."),
                        Text { placeholder: "Acme Ltd", ..TEXT },
                        draft.publisher_name,
                        submit,
                    )}
                    {text_field(
                        about("Publisher's domain (optional)", "publisher_domain", "Other workspaces see it once a file there has proved that it is the publisher's. The app's page says which file."),
                        Text { placeholder: "acme.example", ..TEXT },
                        draft.publisher_domain,
                        submit,
                    )}
                }
            })
        })}
    }
    .erase()
}

fn logo_field(draft: Draft, submit: Submit) -> AnyView {
    let too_large = RwSignal::new(false);
    let id = fresh_id();
    let label_for = id.clone();
    view! {
        <div class="field">
            <label for=label_for>"Logo (optional)"</label>
            <div class="flex items-center gap-3">
                {live(move || {
                    let logo = draft.logo.get();
                    (!logo.is_empty())
                        .then(|| view! { <img class="size-10 rounded-lg object-contain bg-base-200" src=logo alt="The logo" /> })
                })}
                <input
                    class="file-input file-input-sm"
                    id=id
                    type="file"
                    accept="image/png,image/jpeg,image/webp"
                    on:change:target=move |event| read_logo(&event.target(), draft.logo, too_large)
                />
                {live(move || {
                    (!draft.logo.read().is_empty())
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-ghost btn-sm" on:click=move |_| draft.logo.set(String::new())>
                                    "Remove"
                                </button>
                            }
                        })
                })}
            </div>
            <p class="fhint">"PNG, JPEG or WebP, at most 64 KiB."</p>
            <div role="alert">
                {live(move || too_large.get().then(|| view! { <p class="ferror">"The file is larger than 64 KiB."</p> }))}
                {live(move || {
                    let errors = submit.error();
                    errors
                        .map(|error| error.about("logo").map(|error| view! { <p class="ferror">{error.detail.clone()}</p> }).collect_view())
                })}
            </div>
        </div>
    }
    .erase()
}

/// Reads the chosen file as a `data:` URL.
fn read_logo(input: &HtmlInputElement, logo: RwSignal<String>, too_large: RwSignal<bool>) {
    let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
    too_large.set(file.size() > MOST_LOGO_BYTES);
    if too_large.get_untracked() {
        input.set_value("");
        return;
    }
    let Ok(reader) = FileReader::new() else { return };
    let read = reader.clone();
    let done = Closure::once_into_js(move || {
        if let Some(url) = read.result().ok().and_then(|result| result.as_string()) {
            logo.try_set(url);
        }
    });
    reader.set_onload(Some(done.unchecked_ref()));
    let _ = reader.read_as_data_url(&file);
}
