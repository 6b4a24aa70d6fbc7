//! Decimal numbers of more than 2^51 steps: as long as they can be declared, each of them comes back.
//!
//! Between 2^51 and 2^52 steps the product of a number and its scale can lie half-way between two steps; from
//! 2^52 two steps can be one number.

use crate::floats::{Number, a_number_comes_back_as_the_nearest_on_the_grid};

numbers! {
    Cents: f64, 2, 0.0..=45_000_000_000_000.0, global_identifier;
    Millis: f64, 3, 0.0..=9_000_000_000_000.0, global_identifier;
    Pico: f64, 12, -4500.0..=4500.0, global_identifier;
}

#[test]
fn cents_come_back() {
    a_number_comes_back_as_the_nearest_on_the_grid::<Cents>();
}

#[test]
fn thousandths_come_back() {
    a_number_comes_back_as_the_nearest_on_the_grid::<Millis>();
}

#[test]
fn steps_of_the_twelfth_decimal_come_back() {
    a_number_comes_back_as_the_nearest_on_the_grid::<Pico>();
}
