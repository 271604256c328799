//! HTTP as every operation speaks it: bodies and parameters in, pages and problem documents out.
//!
//! [`body`] and [`query`] read what a request brings, [`fields`] collects what is wrong with it ([`names`]: with a name), [`path_id`] reads an object's id
//! from a path, [`etag`] knows the versions of objects, [`paging`] makes pages of lists, [`jsonl`] gives one as JSON lines, [`made`] is
//! an answer that is not sent yet, and [`problem`] is the one error of `/v1`. [`raw_json`] checks a text that is passed on as it came. [`payload`] and [`encoding`] inflate what comes in and
//! compress what goes out; a [`static_file`] is compressed once.

pub mod body;
pub mod encoding;
pub mod etag;
mod faults;
pub mod fields;
pub mod jsonl;
pub mod made;
pub mod names;
pub mod paging;
pub mod path_id;
pub mod payload;
pub mod problem;
pub mod query;
pub mod raw_json;
pub mod static_file;
