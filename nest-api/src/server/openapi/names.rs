//! Names of activities in the document. Programs that generate code must keep them apart.
//!
//! Such programs write letters, digits and `_` only. To them `wave-1` and `wave_1` would be one file and one
//! function.

/// The subjects of a document, each with a name of its own.
pub(super) struct Names(Vec<(&'static str, String)>);

impl Names {
    pub(super) fn new(subjects: impl IntoIterator<Item = &'static str>) -> Self {
        let mut names: Vec<(&'static str, String)> = Vec::new();
        for subject in subjects {
            if names.iter().any(|(known, _)| *known == subject) {
                continue;
            }
            let plain = subject.replace('-', "_");
            let numbered = (2_u32..).map(|number| format!("{plain}_{number}"));
            let mut candidates = std::iter::once(plain.clone()).chain(numbered);
            let free = |name: &String| names.iter().all(|(_, taken)| taken != name);
            let name = candidates.find(free).unwrap_or(plain);
            names.push((subject, name));
        }
        Self(names)
    }

    /// Letters, digits and `_`, and no other subject has it.
    pub(super) fn identifier(&self, subject: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == subject).map_or("", |(_, name)| name)
    }

    /// The subject itself, unless programs would confuse it with another.
    pub(super) fn tag(&self, subject: &'static str) -> &str {
        let identifier = self.identifier(subject);
        if identifier == subject.replace('-', "_") { subject } else { identifier }
    }

    /// All of them, in their order.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(subject, _)| *subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart_in_generated_code() {
        let names = Names::new(["participants", "wave-1", "wave_1", "wave_1_2", "wave-1"]);
        let all: Vec<_> =
            names.subjects().map(|subject| (names.tag(subject), names.identifier(subject))).collect();
        let expected = [
            ("participants", "participants"),
            ("wave-1", "wave_1"),
            ("wave_1_2", "wave_1_2"),
            ("wave_1_2_2", "wave_1_2_2"),
        ];
        assert_eq!(all, expected);
    }
}
