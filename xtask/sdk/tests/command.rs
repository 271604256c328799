//! The command line. This test also makes `cargo test` build the program, which the stage of the documents then runs.

use std::process::Command;

#[test]
fn says_what_it_needs() {
    for (args, said) in [(&[][..], "usage: sdk ROOT"), (&["/nowhere", "--check"], "/nowhere/")] {
        let output = Command::new(env!("CARGO_BIN_EXE_sdk")).args(args).output().unwrap();
        assert!(!output.status.success(), "{args:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.starts_with("sdk: ") && told.contains(said), "{told}");
    }
}
