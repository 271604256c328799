//! Views of one type. Leptos compiles each `view!` into a type of its own, with code of its own to build, to compare and
//! to move it; that is quick to run and large to send. Here a view becomes its DOM nodes at once ([`Erase::erase`]), and
//! what changes is replaced ([`live`]) rather than compared: less than half the bytes for a page of this kind.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState},
    },
};
use send_wrapper::SendWrapper;

/// Turns any view into the one type that the console's functions pass around.
pub trait Erase {
    /// Builds the view now, under the current owner.
    fn erase(self) -> AnyView;
}

impl<T> Erase for T
where
    T: Render,
    T::State: 'static,
{
    fn erase(self) -> AnyView {
        built(Box::new(self.build()))
    }
}

fn built(nodes: Box<dyn Mountable>) -> AnyView {
    Built(SendWrapper::new(nodes)).into_any()
}

/// A view that changes with the signals it reads: replaced as a whole each time.
pub fn live<V>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView
where
    V: Render,
    V::State: 'static,
{
    let view: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || view().erase());
    view.into_any()
}

/// DOM nodes that are ready to be put on the page.
struct Built(SendWrapper<Box<dyn Mountable>>);

impl Render for Built {
    type State = BuiltState;

    fn build(self) -> BuiltState {
        BuiltState(self.0.take())
    }

    fn rebuild(self, state: &mut BuiltState) {
        let mut old = std::mem::replace(state, self.build());
        old.0.insert_before_this(&mut *state.0);
        old.unmount();
    }
}

struct BuiltState(Box<dyn Mountable>);

impl Mountable for BuiltState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl AddAnyAttr for Built {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

/// Only ever rendered in a browser: there is no HTML to write or to take over.
impl RenderHtml for Built {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> BuiltState {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
