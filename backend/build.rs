//! Makes sure that the folder of the console's files exists before it is looked for: a debug build reads it when asked,
//! also when the console is built after the server.

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/console");
    if let Err(error) = std::fs::create_dir_all(folder) {
        println!("cargo::warning=the console's folder {folder} cannot be made: {error}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
