//! Sayless's API platform.

pub mod delivery;
