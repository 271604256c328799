//! Tables of what a [`List`] holds: loading, empty, failed, rows, what arrived meanwhile, and the next page. On a phone
//! each row is a card.

use crate::ui::erase::{Erase, live};
use leptos::prelude::*;

use serde::de::DeserializeOwned;

use crate::{
    browser,
    data::{HasId, List, News, Phase, Wire},
    text,
    ui::{
        icon::{self, icon},
        notice::{bones, failed},
        submit::spinner,
    },
};

/// How a list is called, what its columns are, and what stands there when it is empty.
#[derive(Clone, Copy)]
pub struct Look {
    /// What is listed: "API keys".
    pub label: &'static str,
    /// The columns; an empty last one holds the row's menu.
    pub columns: &'static [&'static str],
    /// Shown when there are no rows.
    pub empty: Callback<(), AnyView>,
}

/// What the frame shows; rows change inside it without making it anew.
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
    let (phase, rows) = (list.phase.clone(), list.rows.clone());
    let frame = Memo::new(move |_| match phase.get() {
        Phase::Loading => Frame::Loading,
        Phase::Failed(_) => Frame::Failed,
        _ if rows.with(Vec::is_empty) => Frame::Empty,
        _ => Frame::Rows,
    });
    let list = list.clone();
    let cells = StoredValue::new(cells);
    live(move || match frame.get() {
        Frame::Loading => bones(look.label, 4),
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
            let (place, news) = (list.place.to_string(), list.news.clone());
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

/// Whether a row is only still there because somebody may be reading it.
fn is_gone(news: ArcRwSignal<News>, id: String) -> Memo<bool> {
    Memo::new(move |_| news.with(|news| news.gone.contains(&id)))
}

/// What waits to be shown, as a button that floats over the rows: it takes no room, so that it moves nothing either.
fn arrivals<T: Wire + HasId + DeserializeOwned>(list: &List<T>) -> AnyView {
    let (news, list) = (list.news.clone(), list.clone());
    let said = Memo::new(move |_| news.with(text::news));
    let any = Memo::new(move |_| said.with(Option::is_some));
    let show = move |_| {
        list.let_in();
        browser::scroll_to(&list.place);
        browser::focus(&format!("#{} a", list.place));
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
            let (list, phase) = (list.clone(), list.phase.clone());
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
