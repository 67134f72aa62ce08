//! A session's record in the browser: sealed, and in as many cookies as it takes.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crypto::random;

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
    pub(crate) fn digest(&self, hash: &PieceHash) -> Digest {
        let mut digest = Digest::default();
        let pieces = digest.iter_mut().zip(self.all()).enumerate();
        for (number, (place, piece)) in pieces {
            *place = hash.of(number, piece);
        }
        digest
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

/// The hashes of a session's pieces.
pub(crate) type Digest = [[u8; 16]; MOST_PIECES];

/// A keyed hash of pieces, several times faster than SHA-256.
///
/// GMAC (NIST SP 800-38D) is a universal hash: whoever has neither the key, which is this process's
/// own, nor any of the tags, which never leave it, finds two values with one hash by luck only. That
/// is why the nonce may be the piece's number.
pub(crate) struct PieceHash(LessSafeKey);

impl PieceHash {
    /// With a random key.
    #[expect(clippy::expect_used, reason = "the length is the algorithm's")]
    pub(crate) fn new() -> Self {
        let key = UnboundKey::new(&AES_128_GCM, &random::<16>());
        Self(LessSafeKey::new(
            key.expect("the key has the algorithm's length"),
        ))
    }

    #[expect(clippy::expect_used, reason = "a cookie is far below AES-GCM's limit")]
    fn of(&self, number: usize, piece: &str) -> [u8; 16] {
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(piece), &mut []);
        let tag = tag.expect("a cookie is not too long");
        let mut hash = [0; 16];
        hash.copy_from_slice(tag.as_ref());
        hash
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
    fn every_piece_and_its_place_counts_in_the_hash() {
        let hash = PieceHash::new();
        let digest = |first, rest: &[Option<&str>]| {
            let mut all = Rest::default();
            all[..rest.len()].copy_from_slice(rest);
            SealedSession::of(first, &all).unwrap().digest(&hash)
        };
        let values = [
            digest("1.AAAA", &[]),
            digest("1.AAAB", &[]),
            digest("2.AAAA", &[Some("AAAA")]),
            digest("2.AAAA", &[Some("AAAB")]),
            digest("3.AAAA", &[Some("AAAA"), Some("AAAB")]),
            digest("3.AAAA", &[Some("AAAB"), Some("AAAA")]),
        ];
        for (index, value) in values.iter().enumerate() {
            assert!(!values[..index].contains(value), "{index}");
        }
        assert_eq!(digest("1.AAAA", &[Some("an old piece")]), values[0]);
        let other = SealedSession::of("1.AAAA", &Rest::default()).unwrap();
        assert_ne!(
            other.digest(&PieceHash::new()),
            values[0],
            "of another process"
        );
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
