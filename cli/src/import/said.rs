//! Whether those who say something about a setting say the same.

use super::node::Place;

/// What is said about one setting, by everyone who says something about it.
#[derive(Default)]
pub(super) struct Said(Vec<(String, Place)>);

impl Said {
    pub(super) fn say(&mut self, value: impl Into<String>, place: &Place) {
        self.0.push((value.into(), place.clone()));
    }

    /// Where it is said.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.iter().map(|(_, place)| place)
    }

    fn first(&self) -> Option<&(String, Place)> {
        self.0.first()
    }

    /// The one value, if all say the same.
    pub(super) fn agreed(&self, key: &str, quarrels: &mut Vec<String>) -> Option<(String, Place)> {
        let first = self.first()?;
        let differs = |other: &&(String, Place)| !other.0.eq_ignore_ascii_case(&first.0);
        if let Some(other) = self.0.iter().find(differs) {
            quarrels.push(format!(
                "{key} is \"{}\" at {}, and \"{}\" at {}",
                first.0, first.1, other.0, other.1
            ));
            return None;
        }
        Some(first.clone())
    }
}
