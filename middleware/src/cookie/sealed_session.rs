//! A session's record in the browser: sealed, and in as many cookies as it takes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crypto::Sha256;

/// The pieces of a sealed session as a request brings them.
///
/// The first is `{number of pieces}.{base64url}`, under the session cookie's own name; the others are
/// under that name with `.1`, `.2` and so on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealedSession<'h> {
    first: &'h str,
    rest: [&'h str; MOST_PIECES - 1],
    pieces: usize,
}

/// What follows the first piece, by number; some may be of an older, longer session.
pub(crate) type Rest<'h> = [Option<&'h str>; MOST_PIECES - 1];

impl<'h> SealedSession<'h> {
    /// The pieces, if all of those that the first one counts are there.
    pub(crate) fn of(first: &'h str, rest: &Rest<'h>) -> Option<Self> {
        let pieces = pieces(first)?;
        let mut needed = [""; MOST_PIECES - 1];
        for (needed, piece) in needed.iter_mut().zip(rest).take(pieces - 1) {
            *needed = (*piece)?;
        }
        Some(Self {
            first,
            rest: needed,
            pieces,
        })
    }

    /// What this very value, and no other, is remembered by.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for piece in self.all() {
            hash.update(piece.as_bytes());
        }
        hash.finish()
    }

    /// The sealed bytes; `None` if the pieces are not base64url.
    pub(crate) fn sealed(&self) -> Option<Vec<u8>> {
        let length = self.all().map(str::len).sum();
        let mut text = String::with_capacity(length);
        text.push_str(self.first.get(COUNT..)?);
        self.rest.iter().for_each(|piece| text.push_str(piece));
        URL_SAFE_NO_PAD.decode(text).ok()
    }

    fn all(&self) -> impl Iterator<Item = &'h str> {
        let rest = self.rest;
        std::iter::once(self.first).chain(rest.into_iter().take(self.pieces - 1))
    }
}

/// Whether a cookie's value may be the first piece of a sealed session.
pub(super) fn has_form(value: &str) -> bool {
    pieces(value).is_some()
}

/// The number of a further piece, from what follows the session cookie's name.
pub(super) fn number(suffix: &str) -> Option<usize> {
    match suffix.as_bytes() {
        [b'.', digit] => usize::from(*digit)
            .checked_sub(usize::from(b'0'))
            .filter(|number| (1..MOST_PIECES).contains(number)),
        _ => None,
    }
}

/// Cuts sealed bytes into pieces, the first of `first` characters at most and each other of `other`;
/// `None` if they would be too many.
pub(super) fn cut(sealed: &[u8], first: usize, other: usize) -> Option<Vec<String>> {
    let text = URL_SAFE_NO_PAD.encode(sealed);
    let (head, mut tail) = text.split_at(text.len().min(first.checked_sub(COUNT)?));
    let mut pieces = vec![String::new()];
    while !tail.is_empty() {
        let (piece, rest) = tail.split_at(tail.len().min(other));
        pieces.push(piece.to_owned());
        tail = rest;
    }
    if pieces.len() > MOST_PIECES {
        return None;
    }
    pieces[0] = format!("{}.{head}", pieces.len());
    Some(pieces)
}

fn pieces(first: &str) -> Option<usize> {
    match first.as_bytes() {
        [digit, b'.', ..] => usize::from(*digit)
            .checked_sub(usize::from(b'0'))
            .filter(|count| (1..=MOST_PIECES).contains(count)),
        _ => None,
    }
}

/// How many cookies a session may take.
pub(crate) const MOST_PIECES: usize = 4;

/// The characters of the number and the dot.
const COUNT: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &[String]) -> Option<Vec<u8>> {
        let mut rest = Rest::default();
        for (place, piece) in rest.iter_mut().zip(&pieces[1..]) {
            *place = Some(piece);
        }
        SealedSession::of(&pieces[0], &rest)?.sealed()
    }

    #[test]
    fn pieces_of_every_length_come_together_again() {
        let bytes: Vec<u8> = (0..300_u16).map(|number| number.to_le_bytes()[0]).collect();
        let mut counts = Vec::new();
        for length in 0..=bytes.len() {
            let sealed = &bytes[..length];
            let Some(pieces) = cut(sealed, 102, 100) else {
                counts.push(0);
                continue;
            };
            assert!(pieces[0].len() <= 102 && pieces[1..].iter().all(|piece| piece.len() <= 100));
            assert!(pieces[1..].iter().all(|piece| !piece.is_empty()));
            assert_eq!(joined(&pieces).as_deref(), Some(sealed), "{length}");
            counts.push(pieces.len());
        }
        // Four times 100 characters are 300 bytes: an exact multiple needs no piece more.
        assert_eq!((counts[75], counts[76], counts[300]), (1, 2, 4));
        assert_eq!(cut(&[0; 301], 102, 100), None);
    }

    #[test]
    fn what_is_missing_or_counted_wrong_is_no_session() {
        for first in [
            "",
            "1",
            "0.",
            "5.AAAA",
            "9.",
            "x.AAAA",
            "-1.A",
            "AAAA",
            "2147483648.A",
        ] {
            assert!(
                SealedSession::of(first, &Rest::default()).is_none(),
                "{first}"
            );
        }
        let some = Some("AAAA");
        assert!(SealedSession::of("1.AAAA", &Rest::default()).is_some());
        assert!(SealedSession::of("3.AAAA", &[some, None, some]).is_none());
        assert!(SealedSession::of("3.AAAA", &[some, some, None]).is_some());
        for suffix in ["", ".", ".0", ".4", ".9", ".12", "-1", ".x"] {
            assert_eq!(number(suffix), None, "{suffix}");
        }
    }
}
