//! A button with a menu, on the native popover: above everything, closed by Esc and by a click elsewhere; arrow keys,
//! Home and End move in it.

use std::sync::Arc;

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::ui::{
    erase::Erase,
    icon::{self, icon},
};

/// An item of a menu.
#[derive(Clone)]
pub struct Item {
    pub label: &'static str,
    pub icon: &'static str,
    /// True for an item that destroys something.
    pub danger: bool,
    pub act: Callback<()>,
}

impl Item {
    pub fn new(label: &'static str, icon: &'static str, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label, icon, danger: false, act: Callback::new(move |()| act()) }
    }

    /// The item, marked as destroying something.
    #[must_use]
    pub fn danger(self) -> Self {
        Self { danger: true, ..self }
    }
}

/// A menu button. `name` is its accessible name, `face` its visible content; `content` goes into the menu, which closes when
/// something with `role=menuitem` or `menuitemradio` in it is chosen.
pub fn menu(
    name: impl Fn() -> String + Send + Sync + 'static,
    class: &'static str,
    face: AnyView,
    content: AnyView,
) -> AnyView {
    let button = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let open = RwSignal::new(false);
    let name = Arc::new(name);
    let label = name.clone();
    let toggled = move |_| {
        let shown =
            panel.get_untracked().is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false));
        open.set(shown);
    };
    let show = move |_| {
        if let (Some(button), Some(panel)) = (button.get_untracked(), panel.get_untracked()) {
            if open.get_untracked() {
                let _ = panel.hide_popover();
            } else if panel.show_popover().is_ok() {
                place(&button, &panel);
                move_focus(&panel, 0);
            }
        }
    };
    let choose = move |event: web_sys::MouseEvent| {
        let chosen = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let chosen = chosen.and_then(|element| element.closest("[role^=menuitem]").ok().flatten());
        if let (Some(_), Some(panel), Some(button)) = (chosen, panel.get_untracked(), button.get_untracked())
        {
            let _ = panel.hide_popover();
            let _ = button.focus();
        }
    };
    view! {
        <button
            type="button"
            node_ref=button
            class=class
            aria-label=move || label()
            aria-haspopup="menu"
            aria-expanded=move || open.get().to_string()
            on:click=show
        >
            {face}
        </button>
        // Capturing: the menu is closed and focus is back on its button before the item acts (and opens a dialog, say).
        <div
            node_ref=panel
            class="menu-pop"
            role="menu"
            popover="auto"
            aria-label=move || name()
            on:toggle=toggled
            on:click:capture=choose
            on:keydown=move |event| keys(&event, panel)
        >
            {content}
        </div>
    }
    .erase()
}

/// A menu of items under three dots.
pub fn actions(name: impl Fn() -> String + Send + Sync + 'static, items: Vec<Item>) -> AnyView {
    let content = items
        .into_iter()
        .map(|item| {
            view! {
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    class="menu-item"
                    class:danger=item.danger
                    on:click=move |_| item.act.run(())
                >
                    {icon(item.icon)}
                    {item.label}
                </button>
            }
        })
        .collect_view()
        .erase();
    menu(name, "btn btn-ghost btn-sm btn-square", icon(icon::DOTS), content)
}

/// Moves the menu under the button, to the side with room, inside the window.
fn place(button: &HtmlElement, panel: &HtmlElement) {
    let near = button.get_bounding_client_rect();
    let size = panel.get_bounding_client_rect();
    let width = window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(f64::MAX);
    let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(f64::MAX);
    let left =
        if near.left() + size.width() > width - 8.0 { near.right() - size.width() } else { near.left() };
    let below = near.bottom() + 4.0;
    let top = if below + size.height() > height - 8.0 { near.top() - size.height() - 4.0 } else { below };
    let style = panel.style();
    let _ = style.set_property("left", &format!("{}px", left.max(8.0)));
    let _ = style.set_property("top", &format!("{}px", top.max(8.0)));
}

fn items_of(panel: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = panel.query_selector_all("[role^=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

fn move_focus(panel: &HtmlElement, to: usize) {
    if let Some(item) = items_of(panel).get(to) {
        let _ = item.focus();
    }
}

fn keys(event: &KeyboardEvent, panel: NodeRef<html::Div>) {
    let Some(panel) = panel.get_untracked() else { return };
    let items = items_of(&panel);
    if items.is_empty() {
        return;
    }
    let active = document().active_element();
    let at =
        items.iter().position(|item| active.as_ref().is_some_and(|active| active.is_same_node(Some(item))));
    let last = items.len() - 1;
    let to = match (event.key().as_str(), at) {
        ("ArrowDown", None) | ("Home", _) => 0,
        ("ArrowDown", Some(at)) => {
            if at == last {
                0
            } else {
                at + 1
            }
        }
        ("ArrowUp", None | Some(0)) | ("End", _) => last,
        ("ArrowUp", Some(at)) => at - 1,
        ("Tab", _) => {
            let _ = panel.hide_popover();
            return;
        }
        _ => return,
    };
    event.prevent_default();
    move_focus(&panel, to);
}
