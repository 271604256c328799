//! A member's consent to what an app asks for.
//!
//! [`browser`] binds the request to the browser in which it was begun. [`question`] is the request while it waits for an answer
//! and as the consent screen shows it. [`answer`] is what the member's yes or no does.

pub mod answer;
pub mod browser;
pub mod question;
