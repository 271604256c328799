//! An app whose tokens a page is about: their counts, its incidents, its live tokens, and their ends. An app of this workspace and one that is
//! installed here share it.

pub mod counts;
pub mod incidents;
mod story;
pub mod tokens;

use api_types::{
    Page,
    ids::TokenFamilyId,
    incidents::{Acknowledgement, Incident},
    token_families::TokenFamily,
};
use leptos::prelude::*;

use crate::api::{
    app_installs,
    call::{Call, Query},
    oauth_apps,
};

/// The place of the app: of this workspace, or of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Own,
    Installed,
}

/// The app, by the id in the page's address.
#[derive(Clone, Copy)]
pub struct Holder {
    pub place: Place,
    pub id: Memo<String>,
}

impl Holder {
    fn list_tokens(self) -> Query<Page<TokenFamily>> {
        match self.place {
            Place::Own => oauth_apps::list_tokens(&self.id.read()),
            Place::Installed => app_installs::list_tokens(&self.id.read()),
        }
    }

    fn revoke_tokens(self, family: TokenFamilyId) -> Call<()> {
        match self.place {
            Place::Own => oauth_apps::revoke_tokens(&self.id.read_untracked(), family),
            Place::Installed => app_installs::revoke_tokens(&self.id.read_untracked(), family),
        }
    }

    fn acknowledge(self, incident: TokenFamilyId, note: &Acknowledgement) -> Call<Incident> {
        match self.place {
            Place::Own => oauth_apps::acknowledge_incident(&self.id.read_untracked(), incident, note),
            Place::Installed => app_installs::acknowledge_incident(&self.id.read_untracked(), incident, note),
        }
    }
}
