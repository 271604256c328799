//! Makes sure that the folder of the console's files exists before it is looked for: a debug build reads it when asked,
//! also when the console is built after the server. Has the server built anew when a migration or a page of the
//! documentation is added.

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/console");
    if let Err(error) = std::fs::create_dir_all(folder) {
        println!("cargo::warning=the console's folder {folder} cannot be made: {error}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    // The migrations are embedded by a macro, whose files cargo does not watch by itself.
    println!("cargo::rerun-if-changed=../migrations");
    // A page that is added to the documentation is embedded in the same way.
    println!("cargo::rerun-if-changed=../docs");
}
