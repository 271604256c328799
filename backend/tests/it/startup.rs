//! Nodes that start together on an empty database.

use crate::harness::{Fresh, Kind, World};

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_sqlite() {
    World::build_together(4, &Fresh::empty(Kind::Sqlite));
}

#[test]
fn nodes_that_start_together_migrate_one_after_the_other_on_postgres() {
    World::build_together(4, &Fresh::empty(Kind::Postgres));
}
