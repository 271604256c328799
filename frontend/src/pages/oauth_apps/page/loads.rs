//! The two objects of the API that the page shows.

use api_types::{authorizations::OAuthAppActivity, oauth_apps::OAuthApp};

use crate::data::load::Load;

/// The app, and the tokens and incidents that it has.
#[derive(Clone)]
pub struct Loads {
    pub app: Load<OAuthApp>,
    pub activity: Load<OAuthAppActivity>,
}
