use std::cell::Cell;

use super::Fault;

thread_local! {
    /// Answers are written without waiting for anything, so a thread has one at a time.
    static PRESENT: Cell<Language> = const { Cell::new(Language::English) };
}

/// A language that the pages are written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    Spanish,
    French,
    Japanese,
}

impl Language {
    pub(crate) const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Japanese,
    ];

    /// Reads `ui_locales`: the first language that is known, else English.
    pub(crate) fn read(ui_locales: Option<&str>) -> Result<Self, Fault> {
        let mut found = None;
        let tags = ui_locales.unwrap_or_default().split([' ', ',']);
        for tag in tags.filter(|tag| !tag.is_empty()) {
            if !is_language_tag(tag) {
                return Err(Fault::UnsupportedLanguage(tag.to_owned()));
            }
            found = found.or_else(|| Self::of(tag));
        }
        Ok(found.unwrap_or_default())
    }

    /// Reads `Accept-Language`: the known language that is liked best, else English.
    pub(crate) fn accepted(header: Option<&str>) -> Self {
        let mut best = (0.0, Self::default());
        for entry in header.unwrap_or_default().split(',') {
            let (tag, parameter) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = match parameter.trim().strip_prefix("q=") {
                Some(number) => number.parse().unwrap_or(0.0),
                None => 1.0,
            };
            if let Some(language) = Self::of(tag.trim())
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Does something in this language: what of a request needs no user flow to be answered.
    pub(crate) fn during<T>(self, work: impl FnOnce() -> T) -> T {
        let before = PRESENT.replace(self);
        let done = work();
        PRESENT.set(before);
        done
    }

    /// The language of the request that is being answered; English where nobody said.
    pub(crate) fn of_this_request() -> Self {
        PRESENT.get()
    }

    /// The language's subtag, for example `en`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Japanese => "ja",
        }
    }

    fn of(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|known| known.tag().eq_ignore_ascii_case(language))
    }
}

/// Has the text the shape of a BCP 47 tag: letters first, then short subtags?
fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_language_that_it_knows() {
        assert_eq!(Language::read(None), Ok(Language::English));
        assert_eq!(Language::read(Some("nl-NL de-AT fr")), Ok(Language::German));
        assert_eq!(Language::read(Some("JA")), Ok(Language::Japanese));
        assert_eq!(Language::read(Some("tlh")), Ok(Language::English));
        for bad in ["123", "e", "de_DE", "de--AT", "<b>"] {
            assert!(Language::read(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn takes_the_language_that_a_browser_likes_best() {
        for (header, language) in [
            ("", Language::English),
            ("nl, fr;q=0.5, de-CH;q=0.9", Language::German),
            ("de;q=0, ja;q=x, *", Language::English),
            ("es,en;q=0.8", Language::Spanish),
        ] {
            assert_eq!(Language::accepted(Some(header)), language, "{header}");
        }
        assert_eq!(Language::accepted(None), Language::English);
    }
}
