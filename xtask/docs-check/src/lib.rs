//! Checks of the documentation: links, the marks of code blocks, and running them.

pub mod expect;
pub mod links;
pub mod mark;
pub mod markdown;
pub mod page;
pub mod run;
pub mod session;
