//! Journeys that cross crates; the tests are under `tests/`.
