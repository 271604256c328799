//! Form fields: a label, the control, a hint, and what is wrong with the value, all tied together for screen readers.

use std::cell::Cell;

use api_types::{FieldError, Scope, problem::FaultCode};
use leptos::prelude::*;

use crate::ui::{
    erase::{Erase, live},
    icon::{self, icon},
    submit::Submit,
};

thread_local! {
    static LAST_ID: Cell<u32> = const { Cell::new(0) };
}

/// An element id that no other element has.
pub fn fresh_id() -> String {
    LAST_ID.set(LAST_ID.get() + 1);
    format!("f{}", LAST_ID.get())
}

/// The words about a field that every kind of field has.
#[derive(Clone, Copy)]
pub struct About {
    pub label: &'static str,
    /// The field's name in the request's body, which errors refer to.
    pub name: &'static str,
    /// A sentence under the field; may be empty.
    pub hint: &'static str,
}

/// The label, name and hint of a field.
pub const fn about(label: &'static str, name: &'static str, hint: &'static str) -> About {
    About { label, name, hint }
}

/// The sentences about this field's value, as the last request got them back.
fn errors(about: About, submit: Submit, id: String) -> AnyView {
    errors_in(about, submit, id, |error| error.detail.clone())
}

/// The same in words of the console's own.
fn errors_in(
    about: About,
    submit: Submit,
    id: String,
    words: impl Fn(&FieldError) -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    view! {
        <div id=id>
            {live(move || {
                submit
                    .error()
                    .map(|error| {
                        let each = error.about(about.name);
                        each.map(|error| {
                                view! {
                                    <p class="ferror">
                                        {icon(icon::ALERT)} <span class="anywhere">{words(error)}</span>
                                    </p>
                                }
                            })
                            .collect_view()
                    })
            })}
        </div>
    }
    .erase()
}

fn invalid(about: About, submit: Submit) -> impl Fn() -> Option<&'static str> + Send + Sync + Clone {
    move || submit.error().is_some_and(|error| error.about(about.name).next().is_some()).then_some("true")
}

fn hint(about: About, id: String) -> AnyView {
    (!about.hint.is_empty()).then(|| view! { <p class="fhint" id=id>{about.hint}</p> }).erase()
}

/// The look and behaviour of a text field.
#[derive(Clone, Copy)]
pub struct Text {
    /// The input's type: `text`, `email`, `password`, `url`, `datetime-local`.
    pub kind: &'static str,
    /// The kind of value that the browser may fill in.
    pub autocomplete: &'static str,
    /// An example in an empty field.
    pub placeholder: &'static str,
    /// True for the field that has the focus when its form appears.
    pub first: bool,
    /// True for a field that takes a number, and says so to keyboards on glass.
    pub number: bool,
}

/// A plain text field.
pub const TEXT: Text =
    Text { kind: "text", autocomplete: "off", placeholder: "", first: false, number: false };

/// A field of one line.
pub fn text_field(about: About, look: Text, value: RwSignal<String>, submit: Submit) -> AnyView {
    let id = fresh_id();
    let hint_id = format!("{id}h");
    let error_id = format!("{id}e");
    view! {
        <div class="field">
            <label for=id.clone()>{about.label}</label>
            <input
                class="input"
                id=id
                name=about.name
                type=look.kind
                autocomplete=look.autocomplete
                placeholder=look.placeholder
                autofocus=look.first
                inputmode=look.number.then_some("numeric")
                class:short=look.number
                dir="auto"
                spellcheck="false"
                aria-describedby=format!("{hint_id} {error_id}")
                aria-invalid=invalid(about, submit)
                bind:value=value
            />
            {hint(about, hint_id)}
            {errors(about, submit, error_id)}
        </div>
    }
    .erase()
}

/// A field of several lines.
pub fn area_field(
    about: About,
    rows: u8,
    placeholder: &'static str,
    value: RwSignal<String>,
    submit: Submit,
) -> AnyView {
    let id = fresh_id();
    let hint_id = format!("{id}h");
    let error_id = format!("{id}e");
    view! {
        <div class="field">
            <label for=id.clone()>{about.label}</label>
            <textarea
                class="textarea min-h-0"
                id=id
                name=about.name
                rows=rows.to_string()
                placeholder=placeholder
                dir="auto"
                spellcheck="false"
                aria-describedby=format!("{hint_id} {error_id}")
                aria-invalid=invalid(about, submit)
                bind:value=value
            ></textarea>
            {hint(about, hint_id)}
            {errors(about, submit, error_id)}
        </div>
    }
    .erase()
}

/// Values with their words.
pub type Options = Vec<(String, String)>;

/// A choice of one of `options`, which may come later.
pub fn select_field(
    about: About,
    options: impl Fn() -> Options + Send + Sync + 'static,
    value: RwSignal<String>,
    submit: Submit,
) -> AnyView {
    let id = fresh_id();
    let hint_id = format!("{id}h");
    let error_id = format!("{id}e");
    view! {
        <div class="field">
            <label for=id.clone()>{about.label}</label>
            <select
                class="select"
                id=id
                name=about.name
                aria-describedby=format!("{hint_id} {error_id}")
                aria-invalid=invalid(about, submit)
                on:change:target=move |event| value.set(event.target().value())
            >
                {choices(options, value)}
            </select>
            {hint(about, hint_id)}
            {errors(about, submit, error_id)}
        </div>
    }
    .erase()
}

/// The options of a `<select>`, which may come later.
pub fn choices(options: impl Fn() -> Options + Send + Sync + 'static, value: RwSignal<String>) -> AnyView {
    live(move || {
        let options = options().into_iter();
        options
            .map(|(word, label)| {
                let own = word.clone();
                view! { <option value=word prop:selected=move || value.with(|value| *value == own)>{label}</option> }
            })
            .collect_view()
    })
}

/// The lines of a text area that hold something; commas separate, too.
pub fn lines(text: &str) -> Vec<String> {
    text.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Owned pairs of a closed list.
pub fn owned(options: &[(&str, &str)]) -> Options {
    options.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect()
}

/// A frame around several choices that belong together.
pub fn group(about: About, submit: Submit, content: impl Erase) -> AnyView {
    let id = fresh_id();
    let hint_id = format!("{id}h");
    let error_id = format!("{id}e");
    let described = format!("{hint_id} {error_id}");
    // The API names every word that could be chosen; here they stand above.
    let words = move |error: &FieldError| {
        if error.name() == about.name && error.code == FaultCode::TooShort.as_str() {
            format!("Choose at least one of the {}.", about.label.to_lowercase())
        } else {
            error.detail.clone()
        }
    };
    view! {
        <fieldset class="field" aria-describedby=described aria-invalid=invalid(about, submit)>
            <legend class="float-left">{about.label}</legend>
            {hint(about, hint_id)}
            {errors_in(about, submit, error_id, words)}
            <div class="choices">{content.erase()}</div>
        </fieldset>
    }
    .erase()
}

/// One box to tick, with a word and a sentence.
pub fn tick(
    label: impl Erase,
    sentence: impl Erase,
    checked: impl Fn() -> bool + Send + Sync + 'static,
    disabled: impl Fn() -> bool + Send + Sync + 'static,
    toggle: impl Fn(bool) + 'static,
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                class="checkbox"
                prop:checked=checked
                disabled=disabled
                on:change:target=move |event| toggle(event.target().checked())
            />
            <span class="min-w-0 grow grid sm:grid-cols-[12.5rem_1fr] gap-x-4">
                <span class="anywhere">{label.erase()}</span>
                <span class="muted text-[0.8125rem] sm:leading-[1.3125rem]">{sentence.erase()}</span>
            </span>
        </label>
    }
    .erase()
}

/// One of several to pick, with a word and a sentence.
pub fn pick(
    name: &'static str,
    word: &'static str,
    label: &'static str,
    sentence: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="radio"
                class="radio"
                name=name
                prop:checked=move || value.with(|value| value == word)
                on:change=move |_| value.set(word.to_owned())
            />
            <span class="min-w-0">
                {label}
                <span class="muted block text-[0.8125rem]">{sentence}</span>
            </span>
        </label>
    }
    .erase()
}

/// The words of a closed list that are ticked, in the order in which they were ticked.
pub type Ticked = RwSignal<Vec<&'static str>>;

/// Ticks a word or takes the tick away.
pub fn set_ticked(ticked: Ticked, word: &'static str, on: bool) {
    ticked.update(|words| {
        words.retain(|other| *other != word);
        if on {
            words.push(word);
        }
    });
}

/// The scopes, each with what it lets its holder do.
pub fn scopes_field(hint: &'static str, ticked: Ticked, submit: Submit) -> AnyView {
    let boxes = Scope::ALL.iter().map(|scope| {
        let word = scope.as_str();
        tick(
            view! { <span class="mono">{word}</span> },
            scope.describe(),
            move || ticked.with(|words| words.contains(&word)),
            || false,
            move |on| set_ticked(ticked, word, on),
        )
    });
    group(about("Scopes", "scopes", hint), submit, boxes.collect_view())
}
