//! The floor lint: reads `floors.txt`, finds every import of one file by another, and reports what runs up or round.
//!
//! The way through it: [`table`] reads the floors, `tree` builds the module tree of a crate from its files,
//! `imports` walks the code and `lookup` says which files a path leads to, [`check`] compares imports with floors.

pub mod check;
mod imports;
mod lookup;
mod paths;
pub mod table;
mod tree;

use std::collections::BTreeMap;

/// The texts of a source folder, by path relative to that folder, `/` between its parts.
pub type Sources = BTreeMap<String, String>;
