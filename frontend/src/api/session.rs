//! The session: the operations under `/v1/session`.

use api_types::account::{Session, SignIn, SwitchWorkspace};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn show() -> Query<Session> {
    Query::new(paths::SESSION)
}

pub fn sign_in(credentials: &SignIn) -> Call<()> {
    Call::post(paths::SESSION, credentials)
}

pub fn sign_out() -> Call<()> {
    Call::delete(paths::SESSION)
}

pub fn switch(to: &SwitchWorkspace) -> Call<Session> {
    Call::patch(paths::SESSION, to)
}
