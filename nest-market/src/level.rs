//! How well a person wants their data to be protected, and what that means in numbers.

mod defaults;
mod person;
mod profile;
mod scale;
#[cfg(test)]
mod tests;
mod wizard;

pub use defaults::Defaults;
pub use person::Levels;
pub use profile::{Anchor, Meaning, Profile, ProfileError};
pub use scale::{Level, LevelError};
pub use wizard::{Answers, Choice, WizardError, wizard};
