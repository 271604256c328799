//! The form that makes an API key, empty or filled in like the key that is to be replaced.

use api_types::{
    Timestamp,
    api_keys::{ApiKey, ApiKeyStatus, CreatedApiKey, NewApiKey},
    ids::ApiKeyId,
};
use leptos::prelude::*;

use crate::{
    api::{api_keys, error::ApiError},
    browser,
    ui::{
        erase::{Erase, live},
        field::{
            About, TEXT, Text, Ticked, about, area_field, lines, owned, scopes_field, select_field,
            text_field,
        },
        submit::{Submit, form_error, form_foot},
    },
};

/// The field for addresses, here and where a key is edited.
pub const ALLOWED_IPS: About = about(
    "Allowed IP addresses (optional)",
    "allowed_ips",
    "Addresses or CIDR ranges, one per line. From anywhere where empty.",
);

/// The box for keys that replace themselves, here and where a key is edited.
pub fn rotatable_field(rotatable: RwSignal<bool>) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                class="checkbox"
                prop:checked=move || rotatable.get()
                on:change:target=move |event| rotatable.set(event.target().checked())
            />
            <span class="min-w-0">
                "May rotate itself"
                <span class="muted block text-[0.8125rem]">
                    "The system that uses the key may exchange it for a new one with the same scopes, addresses and expiry. The old key ends when the new one is first used."
                </span>
            </span>
        </label>
    }
    .erase()
}

const EXPIRES: About = about("Expires", "expires_at", "");

const PRESETS: &[(&str, &str)] = &[
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In one year"),
    ("never", "Never"),
    ("custom", "On a date of your choice"),
];

const DAY_MS: i64 = 86_400_000;

/// True where a key works, so that another can take over what it owns.
fn works(key: &ApiKey) -> bool {
    key.status == ApiKeyStatus::Active
}

/// The fields as they have been filled in.
#[derive(Clone, Copy)]
pub struct Draft {
    name: RwSignal<String>,
    scopes: Ticked,
    preset: RwSignal<String>,
    custom: RwSignal<String>,
    ips: RwSignal<String>,
    rotatable: RwSignal<bool>,
    replaces: Option<ApiKeyId>,
}

impl Draft {
    /// An empty form: no scope is chosen for anybody.
    pub fn new() -> Self {
        Self {
            name: RwSignal::default(),
            scopes: RwSignal::default(),
            preset: RwSignal::new("90".to_owned()),
            custom: RwSignal::default(),
            ips: RwSignal::default(),
            rotatable: RwSignal::default(),
            replaces: None,
        }
    }

    /// The form as it was for the key that the new one is to replace; the new one lasts about as long.
    pub fn in_place_of(key: &ApiKey) -> Self {
        let lasts = key.expires_at.map(|end| end.millis_since(key.created_at) / DAY_MS);
        let preset = match lasts {
            None => "never",
            Some(..46) => "30",
            Some(46..180) => "90",
            Some(_) => "365",
        };
        Self {
            name: RwSignal::new(key.name.clone()),
            scopes: RwSignal::new(key.scopes.iter().map(|scope| scope.as_str()).collect()),
            preset: RwSignal::new(preset.to_owned()),
            custom: RwSignal::default(),
            ips: RwSignal::new(key.allowed_ips.join("\n")),
            rotatable: RwSignal::new(key.rotatable),
            replaces: works(key).then_some(key.id),
        }
    }

    fn expires_at(self) -> Option<Timestamp> {
        match self.preset.read_untracked().as_str() {
            "custom" => browser::parse_local(&self.custom.read_untracked()),
            days => days.parse::<i64>().ok().map(|days| browser::now() + days * DAY_MS),
        }
    }

    async fn send(self) -> Result<CreatedApiKey, ApiError> {
        if self.preset.with_untracked(|preset| preset == "custom") && self.expires_at().is_none() {
            return Err(ApiError::of_field("expires_at", "Choose a date and a time."));
        }
        let new = NewApiKey {
            name: self.name.get_untracked(),
            scopes: self.scopes.read_untracked().iter().map(|scope| (*scope).to_owned()).collect(),
            expires_at: self.expires_at(),
            allowed_ips: lines(&self.ips.read_untracked()),
            rotatable: self.rotatable.get_untracked(),
            replaces: self.replaces.map(|old| old.to_string()),
        };
        api_keys::create(&new).await
    }
}

/// The form. `action` is the label of the button; `done` gets the key that was made.
pub fn form(
    draft: Draft,
    action: &'static str,
    before: impl Erase,
    close: impl Fn() + Copy + Send + Sync + 'static,
    done: impl Fn(CreatedApiKey) + Clone + 'static,
) -> AnyView {
    let submit = Submit::new();
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        submit.run(draft.send(), done.clone());
    };
    view! {
        <form class="form" on:submit=create>
            {form_error(submit, &["name", "scopes", "expires_at", "allowed_ips"])}
            {before.erase()}
            {text_field(
                about("Name", "name", "What the key is for, so that you know later what breaks without it."),
                Text { first: true, placeholder: "Nightly export", ..TEXT },
                draft.name,
                submit,
            )}
            {scopes_field("Give it no more than it needs: scopes cannot be added later.", draft.scopes, submit)}
            <div class="grid gap-4 sm:grid-cols-2 items-start">
                {select_field(EXPIRES, || owned(PRESETS), draft.preset, submit)}
                {live(move || {
                    draft.preset.with(|preset| preset == "custom")
                        .then(|| {
                            text_field(
                                about("Date and time", "expires_at.", "In your time zone."),
                                Text { kind: "datetime-local", ..TEXT },
                                draft.custom,
                                submit,
                            )
                        })
                })}
            </div>
            {area_field(ALLOWED_IPS, 2, "203.0.113.0/24", draft.ips, submit)}
            {rotatable_field(draft.rotatable)}
            {form_foot(submit, action, close)}
        </form>
    }
    .erase()
}
