//! The documentation, as a site that this server serves under `/docs`, for its own version and without anything from elsewhere.
//!
//! The pages are the Markdown files of `docs/`, in the order of `docs/contents.md`, and pages that are made of what the server
//! knows of itself ([`generated`]): the types of events and of problems, and the diagnoses. Each page has a Markdown copy at its
//! address with `.md`; `/llms.txt` lists the copies. A browser searches in an index of its own ([`search`]). Whatever is read is made
//! when it is first read: most nodes are never asked for a page.

mod assets;
mod code;
mod contents;
mod generated;
mod highlight;
mod html;
mod include;
mod layout;
mod links;
mod llms;
mod markdown;
mod names;
mod outline;
mod search;
mod serve;
mod site;
mod source;

pub use self::{
    generated::problems::in_order as problems,
    serve::{POLICY, configure, file},
    site::{Site, paths},
};
