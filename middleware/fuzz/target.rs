//! The target of this binary's name, under libFuzzer.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| tower_b2c::fuzzing::run(env!("CARGO_BIN_NAME"), data));
