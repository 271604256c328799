//! The parts that pages are made of. Each is used twice or more and looks after its own keyboard and screen-reader side.

pub mod actor;
pub mod badge;
pub mod code;
pub mod confirm;
pub mod dialog;
pub mod docs;
pub mod erase;
pub mod field;
pub mod filter;
pub mod icon;
pub mod list;
pub mod list_section;
pub mod load;
pub mod menu;
pub mod notice;
pub mod page;
pub mod secret;
pub mod submit;
pub mod time;
pub mod toast;
pub mod typed;
