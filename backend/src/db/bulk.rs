//! A helper for PostgreSQL statements over many rows: each column goes in as one array, so the text of the statement does
//! not grow with the number of rows.

/// Collects one column of many rows.
pub(in crate::db) fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
