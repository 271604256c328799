//! The client as progenitor writes it.

include!(concat!(env!("OUT_DIR"), "/client.rs"));
