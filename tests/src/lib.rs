//! End-to-end and compile tests live in `tests/`.
