//! Inputs that are nearly good: each run makes the same ones.

/// Mutates a corpus.
pub struct Mutator<'c> {
    corpus: &'c [Vec<u8>],
    state: u64,
}

impl<'c> Mutator<'c> {
    pub fn new(corpus: &'c [Vec<u8>]) -> Self {
        let state = 0x9e37_79b9_7f4a_7c15;
        Self { corpus, state }
    }

    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..=self.below(4) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let (from, to) = (self.below(input.len() + 1), self.below(input.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 64));
        match self.below(8) {
            0 if from < input.len() => input[from] ^= 1 << self.below(8),
            1 if from < input.len() => input[from] = self.below(256).to_le_bytes()[0],
            2 => drop(input.drain(from..to)),
            3 => {
                let part = input[from..to].to_vec();
                let times = 1 + self.below(8);
                input.splice(from..from, part.repeat(times));
            }
            4 => input.truncate(from),
            5 => {
                let other = self.seed();
                let end = self.below(other.len() + 1);
                input.splice(from..to, other[..end].iter().copied());
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                input.splice(from..from, token.iter().copied());
            }
        }
    }

    fn seed(&mut self) -> &'c [u8] {
        let index = self.below(self.corpus.len());
        &self.corpus[index]
    }

    /// xorshift64*: good enough to choose, and the same everywhere.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let mixed = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap() % limit
    }
}

/// What parsers stumble over.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\"",
    b"'",
    b"\\",
    b"/",
    b"//",
    b"/..//",
    b"%2f",
    b"%252f",
    b"%5c",
    b"%00",
    b"%",
    b"&",
    b"=",
    b";",
    b",",
    b".",
    b"..",
    b"@",
    b"#",
    b"?",
    b":",
    b"\xff",
    b"\xc3\xa9",
    b"\xef\xbc\x8f",
    b"\xe2\x80\xa8",
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"true",
    b"-1",
    b"1e300",
    b"0.5",
    b"18446744073709551615",
    b"9223372036854775808",
    b"\\u0000",
    b"\\ud800",
    b"https://evil.example",
    b"state=s",
    b"code=c",
    b"error=e",
    b"iss=i",
    b"sid=s",
];

const LONGEST: usize = 16 * 1024;
