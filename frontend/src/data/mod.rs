//! The API's answers as signals: one object ([`load::Load`]) or a list by pages ([`list::List`]).
//!
//! Both show at once what was known when the page was last left (so that "back" lands where one was) and refetch. An
//! answer that a newer request has overtaken is dropped. Both can follow the stream; a list then moves no row that
//! somebody may be reading, see [`list::List::live`].

pub mod cache;
pub mod has_id;
pub mod list;
pub mod load;
mod requests;
