//! `google.rpc.Status` and `google.rpc.ErrorInfo` in Protocol Buffers, read.

use std::collections::BTreeMap;

/// What a program can act on.
#[derive(Debug, Default)]
pub(super) struct ErrorInfo {
    pub(super) reason: String,
    pub(super) metadata: BTreeMap<String, String>,
}

impl ErrorInfo {
    /// The first one in a status; `None` if there is none, or what is there cannot be read.
    pub(super) fn in_status(status: &[u8]) -> Option<Self> {
        let details = fields(status)?.into_iter();
        let mut details = details.filter(|(number, _)| *number == DETAILS);
        details.find_map(|(_, any)| {
            let any = fields(any)?;
            let of = |wanted| any.iter().find(|(number, _)| *number == wanted);
            let (_, name) = of(TYPE_URL)?;
            let (_, value) = of(VALUE)?;
            name.ends_with(b"/google.rpc.ErrorInfo").then_some(())?;
            Self::read(value)
        })
    }

    fn read(message: &[u8]) -> Option<Self> {
        let mut info = Self::default();
        for (number, value) in fields(message)? {
            match number {
                REASON => info.reason = text(value),
                METADATA => {
                    let entry = fields(value)?;
                    let of = |wanted| entry.iter().find(|(number, _)| *number == wanted);
                    let part = |wanted| of(wanted).map_or_else(String::new, |(_, part)| text(part));
                    info.metadata.insert(part(KEY), part(ENTRY_VALUE));
                }
                _ => {}
            }
        }
        Some(info)
    }
}

/// The length-delimited fields of a message; numbers are passed over.
fn fields(mut message: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        match tag & 7 {
            0 => drop(varint(&mut message)?),
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let (value, rest) = message.split_at_checked(length)?;
                found.push((tag >> 3, value));
                message = rest;
            }
            _ => return None,
        }
    }
    Some(found)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Of `google.rpc.Status`.
const DETAILS: u64 = 3;
/// Of `google.protobuf.Any`.
const TYPE_URL: u64 = 1;
const VALUE: u64 = 2;
/// Of `google.rpc.ErrorInfo`.
const REASON: u64 = 1;
const METADATA: u64 = 3;
/// Of an entry of a map.
const KEY: u64 = 1;
const ENTRY_VALUE: u64 = 2;

#[cfg(test)]
mod tests {
    use super::ErrorInfo;

    #[test]
    fn what_is_cut_off_or_endless_is_no_detail() {
        let endless = [0xff; 16];
        let claims_more = [3 << 3 | 2, 200, 1, 0];
        let fixed = [1 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0];
        for message in [&[][..], &endless, &claims_more, &fixed, &[0x80]] {
            assert!(ErrorInfo::in_status(message).is_none(), "{message:?}");
        }
    }
}
