//! The actor behind an object or a change, as the end of a sentence.

use api_types::audit::{Actor, ActorKind};
use leptos::prelude::*;

use crate::ui::erase::Erase;

/// "by ada@example.com", or "with the API key Nightly export".
pub fn by(actor: &Actor) -> AnyView {
    let how = match actor.kind {
        ActorKind::ApiKey => "with the API key ",
        ActorKind::OAuthApp => "by the app ",
        ActorKind::Member | ActorKind::Operator | ActorKind::System => "by ",
    };
    view! { {how} <bdi>{actor.name.clone()}</bdi> }.erase()
}
