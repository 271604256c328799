//! The command line. This test also makes `cargo test` build the program, which the chaos stage then runs.

use std::process::Command;

#[test]
fn says_what_it_does_not_know() {
    for args in [
        &[][..],
        &["bench", "--loud", "1"],
        &["chaos", "--database", "oracle"],
        &["rest"],
        &["sandbox", "--"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_load")).args(args).output().unwrap();
        assert!(!output.status.success(), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("load: "), "{args:?}");
    }
}
