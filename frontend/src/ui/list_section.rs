//! A section of the overview: a list, with the button and the dialog that create one more. API keys, OAuth apps and
//! webhooks share it.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::de::DeserializeOwned;

use crate::{
    data::{cache::Wire, has_id::HasId, list::List},
    ui::{
        dialog::{Kind, dialog_for},
        docs::docs,
        field::owned,
        filter::filter,
        icon::{self, icon},
        list::{self, Look, no_match},
        notice::blank,
        page::section,
        secret::{Secret, ShowOnce},
        toast::Toasts,
    },
};

/// The words of a section, and its filter where it has one.
#[derive(Clone, Copy)]
pub struct ListSection {
    /// The element id, which links lead to.
    pub id: &'static str,
    /// The objects that are listed: "Webhooks".
    pub name: &'static str,
    /// A sentence below the heading.
    pub about: &'static str,
    /// The page of the documentation that says more.
    pub docs: &'static str,
    /// The names of the table's columns; an empty last one holds the row's menu.
    pub columns: &'static [&'static str],
    /// The label of the button, and the title of its dialog: "Create webhook".
    pub create: &'static str,
    pub blank: Blank,
    pub filter: Option<Filter>,
}

/// The content of a section whose list is empty: an icon, a headline and the use of such an object.
#[derive(Clone, Copy)]
pub struct Blank {
    pub icon: &'static str,
    pub title: &'static str,
    pub text: &'static str,
}

/// A choice beside the button that narrows the list.
#[derive(Clone, Copy)]
pub struct Filter {
    pub label: &'static str,
    pub choices: &'static [(&'static str, &'static str)],
    /// The choice that the section begins with, and returns to from a choice that nothing matches.
    pub usual: &'static str,
    pub value: RwSignal<String>,
}

impl ListSection {
    /// The section. `row` draws the cells of one object; `form` is the body of the dialog that creates one, which is open
    /// while the target that it gets holds something.
    pub fn view<T: Wire + HasId + DeserializeOwned>(
        self,
        list: &List<T>,
        row: impl Fn(ArcRwSignal<T>) -> AnyView + Send + Sync + 'static,
        form: impl Fn(RwSignal<Option<()>>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let creating = RwSignal::new(None::<()>);
        let empty = Callback::new(move |()| self.empty(creating));
        let look = Look { label: self.name, columns: self.columns, empty };
        self.framed(
            creating,
            list::table(list, look, row),
            dialog_for(creating, Kind::Wide, move |()| self.create.to_owned(), move |()| form(creating)),
        )
    }

    fn framed(self, creating: RwSignal<Option<()>>, table: AnyView, dialog: AnyView) -> AnyView {
        let choice = self.filter.map(|of| filter(of.label, move || owned(of.choices), of.value));
        section(
            self.id,
            self.name,
            view! {
                {self.about}
                {docs(self.docs)}
            },
            view! {
                {choice}
                <button type="button" class="btn btn-primary" on:click=move |_| creating.set(Some(()))>
                    {icon(icon::PLUS)}
                    {self.create}
                </button>
            },
            view! {
                <div class="panel">{table}</div>
                {dialog}
            },
        )
    }

    fn empty(self, creating: RwSignal<Option<()>>) -> AnyView {
        if let Some(filter) = self.filter
            && filter.value.get() != filter.usual
        {
            return no_match(move || filter.value.set(filter.usual.to_owned()));
        }
        let Blank { icon, title, text } = self.blank;
        let button = view! {
            <button type="button" class="btn btn-primary btn-sm" on:click=move |_| creating.set(Some(()))>
                {self.create}
            </button>
        };
        blank(icon, title, text, button)
    }
}

/// A new object, as [`announcer`] makes it known.
pub struct Created {
    /// The new object's secret, where it has one.
    pub secret: Option<Secret>,
    /// A sentence for an object without a secret.
    pub said: &'static str,
    /// The address of the new object's page.
    pub page: String,
}

/// Shows a new object's secret, or opens the page of an object that has none.
pub fn announcer() -> impl Fn(Created) + Clone + 'static {
    let show_once = ShowOnce::use_show_once();
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    move |Created { secret, said, page }| {
        if let Some(secret) = secret {
            show_once.show(secret);
        } else {
            toasts.say(said);
            navigate(&page, NavigateOptions::default());
        }
    }
}
