//! The actor of an event, as the event's own body names it.

use api_types::{
    audit::ActorKind,
    events::{Event, EventActor},
};
use leptos::prelude::*;
use serde::Deserialize;

use crate::ui::erase::Erase;

/// Who did it, as the event's own body says; none for events of older versions.
pub fn actor(event: &Event) -> Option<EventActor> {
    #[derive(Deserialize)]
    struct Body {
        actor: EventActor,
    }
    let body: Body = serde_json::from_str(event.payload.as_ref()?.text()).ok()?;
    Some(body.actor)
}

/// An actor in a few words.
pub fn who(actor: &EventActor) -> AnyView {
    let kind = match actor.kind {
        ActorKind::Member => "Member",
        ActorKind::ApiKey => "API key",
        ActorKind::OAuthApp => "OAuth app",
        ActorKind::Operator => "Operator",
        ActorKind::System => "Sayless",
    };
    let name = actor.name.clone().filter(|_| actor.kind == ActorKind::ApiKey);
    view! {
        <span class="block" title=actor.id.clone()>{kind}</span>
        {name.map(|name| view! { <span class="muted block text-[0.8125rem] anywhere line-clamp-2" dir="auto">{name}</span> })}
    }
    .erase()
}
