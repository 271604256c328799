//! Small houses, each with one thing in it that the check has to see, or to leave alone.

use floors::check::{Report, check};
use floors::{Sources, table};

const ROWS: &str = "house/src\n  lib.rs main.rs\n  roof/\n  middle/\n  ground/\n";

/// A house of four floors: the files that every case has, and those of the case on top of them.
fn house(files: &[(&str, &str)]) -> Report {
    let mut sources: Sources = [
        ("main.rs", "fn main() {}"),
        ("lib.rs", "pub mod ground; pub mod middle; pub mod roof;"),
        ("roof/mod.rs", "pub struct Roof; pub fn tile() {}"),
        ("middle/mod.rs", "pub mod beam; pub mod stair;"),
        ("middle/beam.rs", "pub struct Beam;"),
        ("middle/stair.rs", "pub struct Stair;"),
        ("ground/mod.rs", "pub mod stone; pub struct Ground;"),
        ("ground/stone.rs", "pub struct Stone; pub enum Kind { Granite }"),
    ]
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .into();
    sources.extend(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
    judge(ROWS, &sources)
}

fn judge(rows: &str, sources: &Sources) -> Report {
    let Ok(houses) = table::read(rows) else { panic!("{rows} cannot be read") };
    check(&houses[0], sources, "house")
}

/// Asserts that one import is wrong, in that it runs up, and returns the line about it.
#[track_caller]
fn only_upward(files: &[(&str, &str)]) -> String {
    let report = house(files);
    assert_eq!(report.upward.len(), 1, "{}", report.text());
    assert!(report.errors.is_empty() && report.circles.is_empty(), "{}", report.text());
    report.upward[0].clone()
}

#[track_caller]
fn clean(files: &[(&str, &str)]) -> Report {
    let report = house(files);
    assert!(report.is_clean(), "{}", report.text());
    report
}

#[test]
fn a_clean_house_passes_and_says_how_large_it_is() {
    let report = clean(&[
        ("main.rs", "fn main() { house::roof::tile() }"),
        ("roof/mod.rs", "use crate::middle::beam::Beam; pub fn tile() { crate::ground::Ground; }"),
        (
            "middle/stair.rs",
            "use super::beam::Beam; use crate::ground::{self, stone::{Kind, Stone as Rock}};",
        ),
    ]);
    assert_eq!(report.imports, 6);
    assert_eq!(
        report.text(),
        "house/src: 8 files, 4 floors, 6 imports: 0 circles, 0 imports that run up (0 of 8 files in circles)\n"
    );
}

#[test]
fn an_import_that_runs_up_is_named_with_its_place_and_its_floors() {
    let line = only_upward(&[("ground/stone.rs", "\nuse crate::middle::beam::Beam;\n")]);
    assert_eq!(
        line,
        "ground/stone.rs:2 -> middle/beam.rs: crate::middle::beam::Beam (from ground/ in row 4 up to middle/ in row 3)"
    );
}

#[test]
fn a_circle_hidden_behind_a_pub_use_is_found() {
    let report = house(&[
        ("middle/mod.rs", "pub mod beam; mod stair; pub mod face { pub use super::stair::Stair as Steps; }"),
        ("middle/beam.rs", "use super::face::Steps; pub struct Beam;"),
        ("middle/stair.rs", "pub struct Stair; fn rests_on(_: crate::middle::beam::Beam) {}"),
    ]);
    assert!(!report.is_clean() && report.upward.is_empty());
    assert_eq!(report.files_in_circles(), 3);
    assert_eq!(report.circles[0].files, ["middle/beam.rs", "middle/mod.rs", "middle/stair.rs"]);
    assert_eq!(report.circles[0].shortest, ["middle/beam.rs", "middle/stair.rs", "middle/beam.rs"]);
    let said = report.circles[0].imports.join("\n");
    assert!(said.contains("middle/beam.rs:1 -> middle/stair.rs: super::face::Steps"), "{said}");
    assert!(said.contains("middle/stair.rs:1 -> middle/beam.rs: crate::middle::beam::Beam"), "{said}");
    assert!(report.text().contains("1 circles, 0 imports that run up (3 of 8 files in circles)"));
}

#[test]
fn a_name_passed_on_by_several_files_leads_to_the_last() {
    let report = house(&[
        ("roof/mod.rs", "pub use crate::middle::beam::*;"),
        ("middle/beam.rs", "pub use super::stair::*;"),
        ("middle/stair.rs", "pub(crate) use crate::ground::Ground as Floor;"),
        ("main.rs", "use house::roof::Floor;"),
    ]);
    assert!(report.is_clean(), "{}", report.text());
    assert_eq!(report.imports, 7, "main.rs imports four files, each of which the next passes on");
    let line = only_upward(&[
        ("ground/mod.rs", "pub mod stone; pub mod door { pub use crate::middle::*; } pub struct Ground;"),
        ("middle/mod.rs", "pub mod beam; pub mod stair;"),
    ]);
    assert!(line.contains("crate::middle::*"), "{line}");
}

#[test]
fn super_of_super_and_nested_groups_are_followed() {
    let line = only_upward(&[("ground/stone.rs", "use super::super::{middle::{beam::{Beam as _}}};")]);
    assert!(line.contains("middle/beam.rs: super::super::middle::beam::Beam"), "{line}");
    let line =
        only_upward(&[("ground/stone.rs", "mod inner { fn f() { super::super::super::roof::tile() } }")]);
    assert!(line.contains("roof/mod.rs: super::super::super::roof::tile"), "{line}");
}

#[test]
fn paths_outside_of_use_are_found_wherever_they_stand() {
    for code in [
        "fn f() { let _ = crate::roof::tile(); }",
        "fn f(_: Vec<Option<crate::roof::Roof>>) {}",
        "struct S { roof: crate::roof::Roof }",
        "fn f<T: crate::roof::Roof>() {}",
        "fn f<T>() where T: Iterator<Item = crate::roof::Roof> {}",
        "impl crate::roof::Roof for u8 {}",
        "fn f() { if let crate::roof::Roof = x {} }",
        "fn f() { <u8 as crate::roof::Roof>::tile() }",
        "fn f() -> impl Fn(crate::roof::Roof) {}",
        "#[derive(Debug, crate::roof::Roof)] struct S;",
        "#[serde(with = \"crate::roof\")] struct S;",
        "#[crate::roof::tile] fn f() {}",
        "struct S { #[attribute(path = crate::roof::Roof)] field: u8 }",
        "fn f() { use crate::roof::tile; tile() }",
        "trait T { fn f() -> crate::roof::Roof; }",
    ] {
        assert!(only_upward(&[("ground/stone.rs", code)]).contains("roof/mod.rs"), "{code}");
    }
}

#[test]
fn paths_between_the_tokens_of_a_macro_are_found() {
    for code in [
        "fn f() { println!(\"{}\", crate::roof::tile()); }",
        "fn f() { vec![[Vec::<crate::roof::Roof>::new()]]; }",
        "macro_rules! m { ($x:ident) => { $crate::roof::tile($x) }; }",
        "words! { use crate::{ground::stone, roof::{Roof}}; }",
        "words! { pub enum Roof { #[doc(alias = super::super::roof::Roof)] A } }",
    ] {
        assert!(only_upward(&[("ground/stone.rs", code)]).contains("roof/mod.rs"), "{code}");
    }
}

#[test]
fn a_path_through_an_imported_module_leads_to_the_module_that_it_names() {
    let report = house(&[
        ("lib.rs", "pub mod ground; pub mod middle; pub mod roof;"),
        ("ground/mod.rs", "pub mod stone; use crate::middle as above; fn f() { above::stair::climb() }"),
    ]);
    assert_eq!(report.upward.len(), 2, "{}", report.text());
    assert!(report.upward[0].contains("middle/mod.rs: crate::middle"));
    assert!(report.upward[1].contains("middle/stair.rs: above::stair::climb"));
    let report =
        house(&[("middle/beam.rs", "use crate::ground as g; fn f() { json!(g::stone::Kind::Granite) }")]);
    assert_eq!(report.imports, 2, "{}", report.text());
}

#[test]
fn a_path_through_a_child_module_is_an_import_of_the_child() {
    let child = ("middle/beam.rs", "pub fn hold() { super::carry() }");
    let report =
        house(&[("middle/mod.rs", "mod beam; pub mod stair; pub fn carry() { beam::hold() }"), child]);
    assert_eq!(report.circles.len(), 1, "{}", report.text());
    let report = house(&[("middle/mod.rs", "mod beam; pub mod stair; pub fn carry() {}"), child]);
    assert!(report.is_clean(), "a `mod` alone imports nothing: {}", report.text());
}

#[test]
fn a_name_that_a_star_brings_in_leads_to_the_file_that_defines_it() {
    let report = house(&[
        ("middle/mod.rs", "pub mod beam; pub mod stair; use crate::ground::stone::Stone;"),
        ("middle/beam.rs", "use super::*; fn f(_: Stone) {}"),
    ]);
    assert!(report.is_clean(), "{}", report.text());
    assert_eq!(report.imports, 3, "beam imports the face, and the stone that the face imports");
    let report = house(&[
        ("middle/mod.rs", "pub mod beam; pub mod stair; use crate::ground::stone;"),
        ("middle/beam.rs", "use super::*; fn f() { stone::MadeByAMacro::new() }"),
    ]);
    assert_eq!(report.imports, 3, "{}", report.text());
}

#[test]
fn an_exported_macro_belongs_to_the_file_that_defines_it() {
    let rules = "#[macro_export] macro_rules! tile { () => {} }";
    for code in ["fn f() { crate::tile!(); }", "use crate::tile; fn f() { tile!(); }"] {
        let line = only_upward(&[("roof/mod.rs", rules), ("ground/stone.rs", code)]);
        assert!(line.contains("-> roof/mod.rs: crate::tile"), "{line}");
    }
    let report = house(&[
        ("middle/mod.rs", "macro_rules! nail { () => {} } pub mod beam; pub mod stair; use beam::Beam;"),
        ("middle/beam.rs", "pub struct Beam; fn f() { nail!(); }"),
    ]);
    assert_eq!(report.files_in_circles(), 2, "a macro's name reaches down: {}", report.text());
}

#[test]
fn tests_visibility_prose_and_other_crates_import_nothing() {
    let report = clean(&[
        ("ground/mod.rs", "pub mod stone; #[cfg(test)] mod tests; pub struct Ground;"),
        ("ground/tests.rs", "use crate::roof::tile;"),
        (
            "ground/stone.rs",
            "/// See [`crate::roof`].\n#[doc = \"crate::roof\"]\npub(in crate::ground) struct Stone;
            use roof::tile; use ::middle::beam::Beam; use diesel::diesel; use serde::*;
            fn f() { let crates = x.roof.middle; middle::beam::Beam; }
            macro_rules! m { ($roof:ident) => { $roof::tile::x() pub(in crate::ground) fn f() {} }; }
            #[cfg(all(test, unix))] use crate::roof::Roof;
            #[test] fn g() { crate::roof::tile() }
            #[cfg(test)] mod tests { use crate::roof::Roof; }",
        ),
    ]);
    assert_eq!(report.imports, 0, "{}", report.text());
    let line = only_upward(&[("ground/stone.rs", "#[cfg(not(test))] use crate::roof::Roof;")]);
    assert!(line.contains("roof/mod.rs"), "{line}");
}

#[test]
fn a_name_of_an_inner_block_hides_the_modules_name() {
    let report = house(&[
        ("middle/beam.rs", "use crate::ground::stone; fn f() { use crate::roof as stone; stone::tile() }"),
        ("ground/stone.rs", "pub fn tile() {}"),
    ]);
    assert_eq!((report.imports, report.upward.len()), (2, 1), "{}", report.text());
}

#[test]
fn a_file_without_a_floor_and_a_floor_without_a_file_are_errors() {
    let files = |report: &Report| report.errors.join("\n");
    let report =
        house(&[("lib.rs", "pub mod ground; pub mod middle; pub mod roof; mod shed;"), ("shed.rs", "")]);
    assert_eq!(files(&report), "shed.rs: stands on no floor; add it to a row of the table");
    let sources: Sources = [("lib.rs".to_owned(), String::new())].into();
    let report = judge("house/src\n  lib.rs\n  cellar/\n", &sources);
    assert_eq!(files(&report), "cellar/: the table names this room, and no such file is there");
    assert!(!report.is_clean());
}

#[test]
fn strangers_on_one_floor_import_nothing_of_each_other() {
    let sources: Sources = [
        ("lib.rs", "mod left; mod middle; mod right;"),
        ("left.rs", "use crate::middle::M;"),
        ("middle.rs", "pub struct M;"),
        ("right.rs", "use crate::left::L;"),
    ]
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .into();
    let report = judge("house/src\n  lib.rs\n  left.rs middle.rs | right.rs\n", &sources);
    assert_eq!(
        report.strangers,
        ["right.rs:1 -> left.rs: crate::left::L (right.rs and left.rs are strangers)"]
    );
    assert!(!report.is_clean());
    assert!(judge("house/src\n  lib.rs\n  left.rs middle.rs right.rs\n", &sources).is_clean());
}

#[test]
fn a_stair_within_a_row_leads_down_only() {
    let sources: Sources = [
        ("lib.rs", "mod high; mod low; mod other;"),
        ("high.rs", "use crate::low::L;"),
        ("low.rs", "pub struct L;"),
        ("other.rs", "use crate::low::L;"),
    ]
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .into();
    let report = judge("house/src\n  lib.rs\n  high.rs -> low.rs | other.rs\n", &sources);
    assert_eq!(report.strangers, ["other.rs:1 -> low.rs: crate::low::L (other.rs and low.rs are strangers)"]);
    assert!(report.upward.is_empty(), "{}", report.text());
    let report = judge("house/src\n  lib.rs\n  low.rs -> high.rs other.rs\n", &sources);
    assert_eq!(report.upward.len(), 2, "{}", report.text());
}

#[test]
fn code_that_hides_its_imports_is_refused() {
    for (code, error) in [
        ("#[path = \"x.rs\"] mod x;", "#[path] hides imports"),
        ("#[macro_use] mod stone;", "#[macro_use] hides imports"),
        ("mod missing;", "no file that can be read"),
        ("extern crate self as house;", "`extern crate self` hides imports"),
        ("fn f( {", "ground/mod.rs:1"),
    ] {
        let report = house(&[("ground/mod.rs", code), ("ground/stone.rs", "")]);
        assert!(report.errors.iter().any(|line| line.contains(error)), "{code}: {:?}", report.errors);
    }
    let report = house(&[("ground/lost.rs", "")]);
    assert_eq!(report.errors, ["ground/lost.rs: no `mod` names this file"]);
}

#[test]
fn a_function_called_like_its_module_is_not_taken_for_the_module() {
    clean(&[
        ("middle/mod.rs", "pub mod beam; pub mod stair; pub use beam::beam;"),
        ("middle/beam.rs", "pub fn beam() {} pub struct Beam;"),
        ("middle/stair.rs", "use super::beam::Beam;"),
    ]);
}
