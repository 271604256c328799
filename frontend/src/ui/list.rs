//! Tables of the rows of a [`List`]: loading, empty, failed, rows, what arrived meanwhile, and the next page. On a phone
//! each row is a card.

use leptos::prelude::*;

use serde::de::DeserializeOwned;

use crate::{
    browser,
    data::{
        cache::Wire,
        has_id::HasId,
        list::{List, News, Phase},
    },
    ui::{
        erase::{Erase, live},
        icon::{self, icon},
        notice::{failed, skeleton},
        submit::spinner,
    },
};

/// The name and the columns of a table, and its content where there are no rows.
#[derive(Clone, Copy)]
pub struct Look {
    /// The rows, as one word or two: "API keys".
    pub label: &'static str,
    /// The columns; an empty last one holds the row's menu.
    pub columns: &'static [&'static str],
    /// Shown when there are no rows.
    pub empty: Callback<(), AnyView>,
}

/// The content of the frame; rows change inside it without making it anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Loading,
    Failed,
    Empty,
    Rows,
}

/// The list as a table. `cells` draws a row's `<td>`s.
pub fn table<T: Wire + HasId + DeserializeOwned>(
    list: &List<T>,
    look: Look,
    cells: impl Fn(ArcRwSignal<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let phase = list.phase.clone();
    let rows = list.rows.clone();
    let frame = Memo::new(move |_| match phase.get() {
        Phase::Loading => Frame::Loading,
        Phase::Failed(_) => Frame::Failed,
        _ if rows.with(Vec::is_empty) => Frame::Empty,
        _ => Frame::Rows,
    });
    let list = list.clone();
    let cells = StoredValue::new(cells);
    live(move || match frame.get() {
        Frame::Loading => skeleton(look.label, 4),
        Frame::Failed => {
            let Phase::Failed(error) = list.phase.get_untracked() else { return ().erase() };
            let list = list.clone();
            failed(&error, look.label, move || list.retry())
        }
        Frame::Empty => look.empty.run(()),
        Frame::Rows => {
            let rows = list.rows.clone();
            let head = look.columns.iter().map(|column| {
                let name = if column.is_empty() {
                    view! { <span class="sr-only">"Actions"</span> }.erase()
                } else {
                    column.erase()
                };
                view! { <th scope="col" role="columnheader">{name}</th> }
            });
            let place = list.element_id.to_string();
            let news = list.news.clone();
            view! {
                {arrivals(&list)}
                <table class="dt" role="table" id=place aria-label=look.label>
                    <thead role="rowgroup">
                        <tr role="row">{head.collect_view()}</tr>
                    </thead>
                    <tbody role="rowgroup">
                        <For each=move || rows.get() key=|(id, _)| id.clone() let((id, row))>
                            <tr role="row" class:gone=is_gone(news.clone(), id)>{cells.with_value(|cells| cells(row))}</tr>
                        </For>
                    </tbody>
                </table>
                {more(&list)}
            }
            .erase()
        }
    })
}

/// True for a row that is only still there because somebody may be reading it.
fn is_gone(news: ArcRwSignal<News>, id: String) -> Memo<bool> {
    Memo::new(move |_| news.with(|news| news.gone.contains(&id)))
}

/// A button that shows the changes held back. It floats over the rows and takes no room, so that it moves nothing.
fn arrivals<T: Wire + HasId + DeserializeOwned>(list: &List<T>) -> AnyView {
    let news = list.news.clone();
    let list = list.clone();
    let said = Memo::new(move |_| news.with(news_words));
    let any = Memo::new(move |_| said.with(Option::is_some));
    let show = move |_| {
        list.show_news();
        browser::scroll_to(&list.element_id);
        browser::focus(&format!("#{} a", list.element_id));
    };
    view! {
        <div class="arrivals">
            <p class="sr-only" role="status">{live(move || any.get().then_some("This list has changed."))}</p>
            {live(move || {
                let show = show.clone();
                any.get()
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-neutral btn-sm" on:click=show>
                                {icon(icon::AGAIN)}
                                {live(move || said.get())}
                            </button>
                        }
                    })
            })}
        </div>
    }
    .erase()
}

/// The changes that a list holds back: `12 new`, `3 no longer belong here`.
fn news_words(news: &News) -> Option<String> {
    let more = if news.more { "more than " } else { "" };
    match (news.arrived, news.gone.len()) {
        (0, 0) => None,
        (new, 0) => Some(format!("{more}{new} new")),
        (0, 1) => Some("1 no longer belongs here".to_owned()),
        (0, gone) => Some(format!("{gone} no longer belong here")),
        (new, gone) => Some(format!("{more}{new} new, {gone} gone")),
    }
}

/// A part of a row, drawn again only when that part changes, so that a refetch takes no focus away.
pub fn part_of<T: Wire, U: Clone + PartialEq + Send + Sync + 'static>(
    row: &ArcRwSignal<T>,
    pick: impl Fn(&T) -> U + Send + Sync + 'static,
    draw: impl Fn(U) -> AnyView + Send + 'static,
) -> AnyView {
    let row = row.clone();
    let part = Memo::new(move |_| row.with(&pick));
    live(move || draw(part.get()))
}

fn more<T: Wire + HasId + DeserializeOwned>(list: &List<T>) -> AnyView {
    let list = list.clone();
    live(move || {
        list.next.get().map(|_| {
            let phase = list.phase.clone();
            let list = list.clone();
            let busy = { let phase = phase.clone(); move || phase.get() == Phase::More };
            let disabled = busy.clone();
            view! {
                <div class="grid justify-items-center gap-2 p-3 border-t border-base-300">
                    {live(move || if let Phase::MoreFailed(error) = phase.get() {
                        Some(view! { <p class="text-error" role="alert">{error.message()}</p> })
                    } else {
                        None
                    })}
                    <button type="button" class="btn btn-ghost btn-sm" disabled=disabled on:click=move |_| list.more()>
                        {spinner(busy)}
                        "Show more"
                    </button>
                </div>
            }
        })
    })
}

/// A cell that leads its row (a card's head on a phone).
pub fn lead(content: impl Erase) -> AnyView {
    view! { <td role="cell" class="lead">{content.erase()}</td> }.erase()
}

/// A cell; on a phone its label stands before it.
pub fn cell(label: &'static str, content: impl Erase) -> AnyView {
    view! { <td role="cell" data-label=label><div>{content.erase()}</div></td> }.erase()
}

/// The cell of the row's menu.
pub fn menu_cell(content: impl Erase) -> AnyView {
    view! { <td role="cell" class="actions">{content.erase()}</td> }.erase()
}

/// Nothing matches the filters.
pub fn no_match(clear: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="blank">
            <p class="font-semibold">"Nothing matches these filters"</p>
            <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| clear()>
                {icon(icon::CLOSE)}
                "Clear filters"
            </button>
        </div>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::{News, news_words};

    #[test]
    fn changes_that_are_held_back_are_counted_in_words() {
        let said = |arrived, more, gone: usize| {
            news_words(&News { arrived, more, gone: vec![String::new(); gone] }).unwrap_or_default()
        };
        assert_eq!(said(0, false, 0), "");
        assert_eq!(said(12, true, 0), "more than 12 new");
        assert_eq!(said(0, false, 1), "1 no longer belongs here");
        assert_eq!(said(2, false, 3), "2 new, 3 gone");
    }
}
